"""An answer is sent with the headers of its body, and the words of its status."""

from http import HTTPStatus

from model_service.routes.answer import answer, send


def test_an_answer_is_sent_whole() -> None:
    started: list[object] = []
    made = answer(b"abc", "text/plain", {"X-Other": "1"}, HTTPStatus.NOT_FOUND)
    assert send(made, lambda *given: started.extend(given)) == [b"abc"]
    headers = [("Content-Type", "text/plain"), ("Content-Length", "3"), ("X-Other", "1")]
    assert started == ["404 Not Found", headers]
