"""The page in the browser on which people code.

Starlette serves it; the browser holds the answers that come next, so that a key answers at once, and
sends every decision the moment it is taken. NiceGUI was tried first: it needs inline scripts and
`new Function`, which a strict Content-Security-Policy refuses, and a round trip to the server for every key.
"""
