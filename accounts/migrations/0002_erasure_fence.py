from django.db import migrations

from privacy.erasure.fence import fence

OF_ACCOUNT = [
    "accounts_phone",
    "accounts_address",
    "accounts_knowndevice",
    "accounts_user_groups",
    "accounts_user_user_permissions",
    "account_emailaddress",
    "mfa_authenticator",
    "usersessions_usersession",
    "django_admin_log",
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_user"),
        ("privacy", "0019_erasure"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        *fence("accounts_user", "subject_id"),
        *[
            operation
            for table in OF_ACCOUNT
            for operation in fence(table, "user_id", of_account=True)
        ],
    ]
