from django.db import migrations

from privacy.erasure.fence import fence


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_seller_may_go"), ("accounts", "0002_erasure_fence")]

    operations = [
        # The deal itself goes on: it is no data of the person.
        *fence(
            "orders_order",
            "buyer_id",
            only=["full_name", "organization", "email", "phone", "address", "comment"],
        ),
        *fence("orders_cart", "user_id", of_account=True),
    ]
