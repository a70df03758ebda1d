"""Telegram: documents become its messages, its events become requests."""
