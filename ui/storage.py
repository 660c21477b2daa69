import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# In the order of their layers; inside a layer, buttons come before the parts that place them.
STYLESHEETS = [
    "css/tokens.css",
    "css/reset.css",
    "css/base.css",
    "css/layout.css",
    "css/icon.css",
    "css/button.css",
    "css/field.css",
    "css/badge.css",
    "css/price.css",
    "css/header.css",
    "css/search-bar.css",
    "css/facets.css",
    "css/listing-row.css",
    "css/listing-card.css",
    "css/photos.css",
    "css/dialog.css",
    "css/ordering.css",
    "css/table.css",
    "css/notice.css",
    "css/pagination.css",
    "css/breadcrumbs.css",
    "css/timeline.css",
    "css/order.css",
    "css/seller.css",
    "css/gallery.css",
    "css/stat-chart.css",
    "css/empty-state.css",
    "css/answers.css",
    "css/document.css",
    "css/account.css",
    "css/cart.css",
    "css/listing-form.css",
    "css/footer.css",
    "css/home.css",
    "css/listing.css",
    "css/utilities.css",
    "css/print.css",
]
SITE_STYLESHEET = "css/site.css"
# What a browser does not need. (No string in our style sheets has a space behind such a sign.)
NEEDLESS = re.compile(rb"/\*.*?\*/\s*|(?<=[{};:,])\s+|\s+(?=[{}])", re.DOTALL)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also inside JavaScript imports, and one style sheet made of all parts."""

    support_js_module_import_aggregation = True

    def post_process(self, paths, dry_run=False, **options):
        if not dry_run:
            self.join_stylesheets()
            paths[SITE_STYLESHEET] = (self, SITE_STYLESHEET)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def compress_files(self, paths):
        """Those under the names that pages use; under the others they are only there to develop."""
        yield from super().compress_files(set(self.hashed_files.values()) & paths)

    def join_stylesheets(self):
        parts = []
        for name in STYLESHEETS:
            with self.open(name) as part:
                parts.append(part.read())
        self.delete(SITE_STYLESHEET)
        self.save(SITE_STYLESHEET, ContentFile(NEEDLESS.sub(b"", b"".join(parts))))
