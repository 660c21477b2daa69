from django import forms
from django.utils.translation import gettext_lazy as _

from listings.catalogue import current_catalogue
from listings.models import SavedSearch


class SaveSearchForm(forms.Form):
    """What the search page hands over: nobody types it."""

    category = forms.SlugField(required=False, widget=forms.HiddenInput)
    query = forms.CharField(
        required=False, max_length=SavedSearch.LONGEST_QUERY, widget=forms.HiddenInput
    )

    def clean_category(self):
        slug = self.cleaned_data["category"]
        category = current_catalogue().by_slug.get(slug)
        if slug and category is None:
            raise forms.ValidationError(_("There is no such category."))
        return category


class SearchNameForm(forms.ModelForm):
    class Meta:
        model = SavedSearch
        fields = ["name"]
