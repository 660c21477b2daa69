from django.core.checks import Error

DECLARE = "Declare it in the `personal_data.py` of the app that brings it."
STORED = f"{DECLARE} If nothing needs it any more, drop it."
PURPOSE = "The purposes stand in privacy/purposes.py."
STRATEGY = "Choose another strategy of privacy/strategies.py, or delete the row."
RETENTION = "Choose a rule of privacy/retention.py and name a column that is there."
COOKIE = "Declare it with register_cookie in the `personal_data.py` of the app that sets it."
FORM = "Declare it with register_form in the `personal_data.py` of the app that shows it."
DOCUMENT = "The documents are the choices of Document.Slug; a form shows the policy at least."
TASK = "Declare it with register_task: keys of models (`…_pk`, `…_id`) and enums are all it takes."
EDIT = "Name the page in the account that needs no further arguments."
REMOVE = "Give the table a Remove, or name the page where the person changes it."
NO_NAMES = "Show the number of the row instead."
NO_SPECIAL = "Special categories of personal data are not processed."


def error(number, message, hint):
    return Error(message, hint=hint, id=f"data_map.E{number:03}")
