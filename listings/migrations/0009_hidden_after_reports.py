from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("listings", "0008_gone_after_a_year")]

    operations = [
        migrations.AlterField(
            model_name="change",
            name="act",
            field=models.CharField(choices=[('submit', 'sent for review'), ('withdraw', 'taken back from review'), ('approve', 'approved'), ('trust', 'published at once, to be checked afterwards'), ('reject', 'refused by a moderator'), ('hide', 'hidden after reports until a moderator has read it'), ('block', 'blocked by a moderator'), ('unblock', 'unblocked by a moderator'), ('pause', 'paused'), ('run_out', 'paused: nothing left'), ('resume', 'put back on sale'), ('sell', 'marked as sold'), ('expire', 'its term ended'), ('renew', 'renewed'), ('archive', 'put into the archive')], max_length=10, verbose_name='what happened'),
        ),
        migrations.AlterField(
            model_name="change",
            name="role",
            field=models.CharField(choices=[('seller', 'seller'), ('staff', 'moderator'), ('clock', 'the portal')], max_length=6, verbose_name='by whom'),
        ),
    ]
