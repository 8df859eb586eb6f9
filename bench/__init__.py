"""The speed of the server beside two others that answer the same: a raw ASGI application, and Connexion stock."""
