from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("moderation", "0003_complaints_of_people")]

    operations = [migrations.RemoveField(model_name="complaint", name="by")]
