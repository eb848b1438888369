"""Programs for developers; README.md says what each is for."""
