"""Assay: an evidence-grading desk for casualty recorders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from review import config as configuration
from review import logs, store, templating
from review.extensions import babel, csrf, db, login_manager, migrate


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application, wired: settings, extensions, pages, commands.

    `config` overrides the environment under the names of DESIGN section 6, or Flask under its own names.
    """
    import review.models  # noqa: F401  (every table is known before the first query)
    from review import api, cli, views

    app = logs.Quiet(__name__, template_folder="../templates")
    app.jinja_environment = templating.Shared
    app.config.from_mapping(configuration.settings(config))
    logs.configure(configuration.home())
    store.configure(app.config["OBJECT_STORE_URL"])
    db.init_app(app)
    migrate.init_app(app, db, directory=str(configuration.ROOT / "migrations"))
    csrf.init_app(app)
    login_manager.init_app(app)
    babel.init_app(app, locale_selector=views.language.chosen, timezone_selector=views.language.zone)
    views.register(app)
    api.register(app)
    cli.register(app)
    return app
