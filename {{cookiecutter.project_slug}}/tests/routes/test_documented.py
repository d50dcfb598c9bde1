"""A route is documented where it is written."""

from flask import Flask

from model_service.routes.documented import (
    TEXT,
    Documentation,
    documentation_of,
    documented,
)

DOCUMENTATION = Documentation("Says yes", "words", gives={"text/plain": TEXT})


def test_a_route_is_found_with_what_it_says_of_itself() -> None:
    app = Flask(__name__, static_folder=None)

    @app.get("/yes")
    @documented(DOCUMENTATION)
    def yes() -> str:
        return "yes"

    @app.get("/silent")
    def silent() -> str:
        return "..."

    found = {rule.rule: documentation for rule, documentation in documentation_of(app)}
    assert found == {"/yes": DOCUMENTATION, "/silent": None}
    assert app.test_client().get("/yes").text == "yes"
