"""What was asked and answered, as others have recorded it: archives, journals and access logs, with who called."""
