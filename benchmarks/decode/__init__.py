"""What `jpeg_draft` of an image model's card gains, and what it changes."""
