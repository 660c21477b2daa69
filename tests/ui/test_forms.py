import re

from django import forms
from django.template import Context, Template


class DoorForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the door.")
    phone = forms.CharField(label="Phone", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    side = forms.ChoiceField(
        label="Side", choices=[("l", "Left"), ("r", "Right")], widget=forms.RadioSelect
    )
    quiet = forms.BooleanField(label="Quiet", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        raise forms.ValidationError("The door is locked.")


def rendered(form):
    return Template("{{ form }}").render(Context({"form": form}))


def test_a_fresh_form_says_what_is_optional_and_nothing_is_wrong():
    html = rendered(DoorForm())

    assert re.search(r"Phone\s+<span class=\"field__optional\">\(", html)
    assert html.count("field__optional") == 1
    assert 'role="alert"' not in html
    assert "*" not in html


def test_a_form_that_marks_what_it_needs_stars_it():
    form = DoorForm()
    form.marks_required = True

    html = rendered(form)

    assert html.count('<span aria-hidden="true">*</span>') == 3
    assert "field__optional" not in html


def test_a_refused_form_sums_up_on_top_with_a_way_to_each_field():
    html = rendered(DoorForm({"phone": "1"}))

    summary = html[: html.index("<label")]
    assert 'role="alert"' in summary
    assert "The door is locked." in summary
    assert re.findall(r'href="#(\w+)"', summary) == ["id_name", "id_password", "id_side_0"]
    assert all(f'id="{target}"' in html for target in ["id_name", "id_password", "id_side_0"])


def test_a_refused_field_is_tied_to_its_sentence_and_keeps_what_was_typed():
    html = rendered(DoorForm({"phone": "<1>"}))

    name = re.search(r'<input[^>]*name="name"[^>]*>', html)[0]
    assert 'aria-invalid="true"' in name
    assert 'aria-describedby="id_name_helptext id_name_error"' in name
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'value="&lt;1&gt;"' in html


def test_a_choice_of_one_is_a_group_with_a_legend_and_a_password_can_be_shown():
    html = rendered(DoorForm())

    assert re.search(r"<fieldset[^>]*>\s*<legend>Side", html)
    assert re.search(r"<password-reveal><input[^>]*type=\"password\"", html)
    assert re.search(r"<password-reveal>.*<button[^>]* hidden>", html)
