from django.db import migrations


class Migration(migrations.Migration):

    dependencies = []

    # On the way back it stays: others may use it by then.
    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
    ]
