"""The Graph API as businesses call it: auth, messages, media, numbers, templates, and the errors."""
