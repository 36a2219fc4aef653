"""The words of the interface in other languages: what is to be translated, catalogues, the page's own copy.

Catalogues are gettext's .po files in `locale/<language>/LC_MESSAGES/`: `django.po` for Python and templates,
`djangojs.po` for the scripts of the inbox page. `docs/adding-a-language.md` says how they are kept.
"""
