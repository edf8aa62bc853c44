"""gunicorn's settings for the scaled profile: ``gunicorn -w N`` is enough beside these."""

import os

wsgi_app = "wsgi:app"
worker_class = "gevent"  # sockets need it; each worker loads the application after its patching
preload_app = False
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
umask = 0o077
accesslog = None  # its lines hold whole addresses; ours name routes only
control_socket_disable = True  # it would open a socket in the home folder
graceful_timeout = 10
