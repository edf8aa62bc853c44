"""An installation with invented Subjects, filled through the product's own services."""

import functools
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched
from pathlib import Path

from flask import current_app
from sqlalchemy import delete

from benchmarks.pictures import small_picture
from config import from_environment
from disc.access.actor import Actor, Role
from disc.app import create_app
from disc.core import clock
from disc.core.database import db
from disc.core.outbox import Lane, Outbox
from disc.core.preparing import prepare
from disc.core.transaction import writing
from disc.gallery.models import Gallery
from disc.gallery.service import NewSubject, add_gallery, add_subject, name_subject
from disc.members import service as members
from disc.members.models import Area, Member, MemberState, Premises, Scheme
from disc.stills import service as stills
