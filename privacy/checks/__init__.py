"""System checks: nothing about a person is kept undeclared. `manage.py check` runs them, and so
does every test run; with `--database default` they also compare the database itself.
"""

from privacy.checks import columns, database, forms, registers, staff

__all__ = ["columns", "database", "forms", "registers", "staff"]
