from django.db import models

from sellers.models.seller import Seller


class Logo(models.Model):
    """The picture a seller is known by, rebuilt from its pixels, in its sizes. They are so small
    that they stand in a row, which goes with its seller; `Seller.logo` says whether there is one.
    """

    SIDES = (256, 512)
    KINDS = {"webp": "image/webp", "jpg": "image/jpeg"}

    seller = models.OneToOneField(
        Seller, on_delete=models.CASCADE, primary_key=True, related_name="logo_files"
    )
    # Made of what the files hold.
    stem = models.CharField(max_length=64)
    webp_256 = models.BinaryField()
    webp_512 = models.BinaryField()
    jpg_256 = models.BinaryField()
    jpg_512 = models.BinaryField()

    class Meta:
        verbose_name = "logo"
        verbose_name_plural = "logos"
        indexes = [models.Index(fields=["stem"], name="logo_stem")]

    def __str__(self):
        return f"№ {self.pk}"
