"""What a market stands on. No models here: a start of the portal asks before Django is set up."""

from django.core.management import call_command


def lay() -> None:
    """Tables, documents, places, catalogue, rates to compare by, words moderators look out for.

    Done a second time it changes nothing.
    """
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_documents", sample_operator=True)
    call_command("load_places")
    call_command("load_catalogue")
    call_command("rates", sample=True)
    call_command("load_moderation")
