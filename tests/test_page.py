"""The pages of a render in a real browser: what a person does with them, and what they see."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from openapi_spec_validator import validate
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from service import free_port, get, running

from .browser import CHROMIUM, DRIVER, Browser, browsing
from .conftest import Bake

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="there is no Chromium with its driver: `make test` fetches it"
)
KEY = "a-key-of-this-very-test"
SEVEN = [(80, 70), (200, 70), (125, 225)]  # on a canvas of 280 x 280
INTERACTIVE = "button, input, textarea, a, pre[tabindex]"
# Pairs of colours, text and ground, by their names in page.css.
TEXT_ON = [
    *[("text", "card"), ("text", "page"), ("quiet", "card"), ("quiet", "page")],
    *[("on-accent", "accent"), ("accent", "card"), ("accent", "page"), ("error", "error-card")],
]


class Served(NamedTuple):
    """A rendered service that runs, and the folder of its example requests."""

    port: int
    examples: Path

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"http://127.0.0.1:{self.port}/"


def serve(project: Path, **settings: str) -> Iterator[Served]:
    """Give a render under its real server."""
    port = free_port()
    environ = {"PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1", **settings}
    command = [sys.executable, "-m", "digit_reader", "serve", "--workers", "1"]
    with running(command, project, port, environ):
        yield Served(port, project / "model" / "examples")


@pytest.fixture(scope="module")
def images(bake: Bake) -> Iterator[Served]:
    """Give a service of images."""
    yield from serve(bake(gpu="none"))


@pytest.fixture(scope="module")
def numbers(bake: Bake) -> Iterator[Served]:
    """Give a service of numbers."""
    yield from serve(bake(gpu="none", input_kind="tensor"))


@pytest.fixture(scope="module")
def texts(bake: Bake) -> Iterator[Served]:
    """Give a service of texts."""
    yield from serve(bake(gpu="none", input_kind="text"))


@pytest.fixture(scope="module")
def nameless(bake: Bake) -> Iterator[Served]:
    """Give a service of numbers without names, whose predictions are the model's output."""
    project = bake(gpu="none", input_kind="tensor")
    card = project / "model" / "model.toml"
    text = re.sub(r"features = \[.*?\]", "features = []", card.read_text(), flags=re.DOTALL)
    card.write_text(text.replace('task = "classification"', 'task = "raw"'))
    file = card.with_name("golden.json")
    golden = json.loads(file.read_text())
    listed = [number for number, one in enumerate(golden["instances"]) if isinstance(one, list)]
    outputs = {name: [rows[n] for n in listed] for name, rows in golden["outputs"].items()}
    instances = [golden["instances"][number] for number in listed]
    file.write_text(json.dumps({"instances": instances, "outputs": outputs}))
    yield from serve(project)


@pytest.fixture(scope="module")
def locked(bake: Bake) -> Iterator[Served]:
    """Give a service that asks for a key."""
    yield from serve(bake(gpu="none", input_kind="tensor"), SERVICE_API_KEYS=KEY)


@pytest.fixture(scope="module")
def one_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Give the browser of all tests."""
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def browser(one_browser: Browser) -> Iterator[Browser]:
    """Give the browser; afterwards its console must be clean, and nobody else have been asked."""
    yield one_browser
    assert one_browser.errors() == []
    assert one_browser.asked_elsewhere() == []
    one_browser.command("Emulation.clearDeviceMetricsOverride")


def tab_to(browser: Browser, id_: str) -> None:
    """Press Tab until an element has the focus, as who has no mouse does."""
    for _ in range(60):
        if browser.driver.switch_to.active_element.get_attribute("id") == id_:
            return
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
    raise AssertionError(f"{id_} cannot be reached by keyboard")


def paste_or_drop(browser: Browser, event: str, path: Path) -> None:
    """Paste a file into the page, or drop it there."""
    script = """
        const [kind, name, encoded] = arguments;
        const bytes = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
        const files = new DataTransfer();
        files.items.add(new File([bytes], name, { type: "image/png" }));
        const event = kind === "paste"
          ? new ClipboardEvent("paste", { clipboardData: files, bubbles: true })
          : new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
        document.querySelector("main").dispatchEvent(event);
    """
    browser.run(script, event, path.name, base64.b64encode(path.read_bytes()).decode())


def test_a_drawn_digit_gets_its_label(browser: Browser, images: Served) -> None:
    browser.open(images.url, "digits")
    canvas = browser.find("canvas")
    scale = canvas.size["width"] / 280
    points = [(int((x - 140) * scale), int((y - 140) * scale)) for x, y in SEVEN]
    stroke = ActionChains(browser.driver, duration=20)
    stroke.move_to_element_with_offset(canvas, *points[0]).click_and_hold()
    for point in points[1:]:
        stroke.move_to_element_with_offset(canvas, *point)
    stroke.release().perform()
    browser.wait_for("postprocess")
    assert browser.find("result").text.startswith("7\n")
    assert len(browser.find("bars").find_elements("tag name", "li")) == 10
    told = browser.find("times").text
    assert [part for part in ("preprocess", "queue", "model") if part not in told] == []
    assert "1 row" in told
    assert browser.find("device").text == get(images.port, "/readyz")["engine"] + " on cpu"
    assert "@drawing.png" in browser.find("request").text
    assert browser.find("save").is_displayed()


@pytest.mark.parametrize("way", ["choose", "paste", "drop"])
def test_a_given_image_gets_its_label(way: str, browser: Browser, images: Served) -> None:
    browser.open(images.url, "digits")
    if way == "choose":
        browser.find("file").send_keys(str(images.examples / "3.png"))
    else:
        paste_or_drop(browser, way, images.examples / "3.png")
    browser.wait_for("postprocess")
    assert browser.find("result").text.startswith("3\n")
    assert browser.find("picture").is_displayed()
    browser.find("clear").click()
    browser.wait_for("It appears here.")
    assert not browser.find("picture").is_displayed()


@pytest.mark.parametrize("language", ["curl", "python"])
def test_the_request_that_is_shown_does_the_same(
    language: str, browser: Browser, images: Served
) -> None:
    browser.open(images.url, "digits")
    browser.find("file").send_keys(str(images.examples / "7.png"))
    browser.wait_for("postprocess")
    browser.find(f"as-{language}").click()
    text = browser.find("request").text
    shell = ["bash", "-c"] if language == "curl" else [sys.executable, "-c"]
    done = subprocess.run([*shell, text], cwd=images.examples, capture_output=True, text=True)
    answer = json.loads(done.stdout.replace("'", '"'))
    assert answer["predictions"][0]["label"] == "7", done.stderr


def test_what_the_service_refuses_is_shown_as_its_sentence(
    browser: Browser, images: Served, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_text("no image")
    browser.open(images.url, "digits")
    browser.find("file").send_keys(str(broken))
    browser.wait_for("Instance 0: the image cannot be read")
    assert browser.find("error").get_attribute("role") == "alert"
    assert "invalid_instance" in browser.find("error").text
    assert not browser.find("bars").text


def test_a_phone_has_room_for_all_and_draws_with_a_finger(browser: Browser, images: Served) -> None:
    size = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    browser.command("Emulation.setDeviceMetricsOverride", **size)
    browser.open(images.url, "digits")
    corner = browser.run("return document.querySelector('#canvas').getBoundingClientRect()")
    scale = corner["width"] / 280
    points = [{"x": corner["x"] + x * scale, "y": corner["y"] + y * scale} for x, y in SEVEN]
    for kind, point in zip(("touchStart", "touchMove", "touchMove"), points, strict=True):
        browser.command("Input.dispatchTouchEvent", type=kind, touchPoints=[point])
    browser.command("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    browser.wait_for("postprocess")
    assert browser.find("result").text.startswith("7\n")
    assert browser.run("return document.documentElement.scrollWidth") <= 390


def test_images_need_no_mouse(browser: Browser, images: Served) -> None:
    browser.open(images.url, "digits")
    tab_to(browser, "file")
    tab_to(browser, "sample")
    ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
    browser.wait_for("postprocess")
    tab_to(browser, "as-python")
    ActionChains(browser.driver).send_keys(Keys.SPACE).perform()
    browser.wait_for("import requests")


def test_a_sample_of_numbers_is_filled_in_and_predicted(browser: Browser, numbers: Served) -> None:
    browser.open(numbers.url, "mean radius")
    tab_to(browser, "sample")
    ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
    browser.wait_for("postprocess")
    assert browser.find("result").text.startswith(("benign\n", "malignant\n"))
    assert "mean radius" in browser.find("request").text


def test_numbers_are_typed_in_and_a_wrong_one_is_named(browser: Browser, numbers: Served) -> None:
    browser.open(numbers.url, "mean radius")
    example = json.loads((numbers.examples / "malignant.json").read_text())["instances"][0]
    fields = browser.find("fields").find_elements("tag name", "input")
    assert [field.get_attribute("name") for field in fields] == list(example)
    for field, value in zip(fields, example.values(), strict=True):
        field.send_keys(str(value))
    fields[0].send_keys(Keys.ENTER)
    browser.wait_for("postprocess")
    assert browser.find("result").text.startswith("malignant\n")
    fields[1].clear()
    fields[1].send_keys("many", Keys.ENTER)
    browser.wait_for("feature 'mean texture' must be a number and is a string.")
    fields[1].clear()
    fields[0].send_keys(Keys.ENTER)
    browser.wait_for("the feature 'mean texture' is missing.")


def test_numbers_without_names_are_json_and_so_is_a_prediction_without_labels(
    browser: Browser, nameless: Served
) -> None:
    browser.open(nameless.url, "instance")
    browser.find("sample").click()
    browser.wait_for("postprocess")
    shown = browser.find("result").text
    assert sum(json.loads(shown)) == pytest.approx(1, abs=1e-3)
    (field,) = browser.find("fields").find_elements("tag name", "textarea")
    field.clear()
    field.send_keys("[1, 2]")
    browser.find("predict").click()
    browser.wait_for("the model takes [30].")


def test_a_text_is_typed_and_a_sample_is_predicted(browser: Browser, texts: Served) -> None:
    browser.open(texts.url, "languages")
    browser.find("text").send_keys("Wie komme ich zum Bahnhof?", Keys.CONTROL, Keys.ENTER)
    browser.wait_for("postprocess")
    assert browser.find("result").text.startswith("German\n")
    browser.find("clear").click()
    browser.find("predict").click()
    browser.wait_for("Instance 0: the text is empty.")
    tab_to(browser, "sample")
    ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
    browser.wait_for("postprocess")
    assert str(browser.find("text").get_property("value")) in browser.find("request").text


def test_a_service_with_keys_asks_for_one(browser: Browser, locked: Served) -> None:
    browser.open(locked.url, "This service asks for a key")
    browser.find("key").send_keys("not-the-key-of-this-test", Keys.ENTER)
    browser.open(locked.url, "This service asks for a key")
    browser.find("key").send_keys(KEY, Keys.ENTER)
    browser.wait_for("mean radius")
    browser.find("sample").click()
    browser.wait_for("postprocess")
    assert KEY not in browser.find("request").text
    assert "$API_KEY" in browser.find("request").text
    assert not browser.find("key-form").is_displayed()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast_and_elements_have_names(
    scheme: str, browser: Browser, images: Served
) -> None:
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.command("Emulation.setEmulatedMedia", features=media)
    browser.open(images.url, "digits")
    for text, ground in TEXT_ON:
        assert contrast(*(colour(browser, name) for name in (text, ground))) >= 4.5, (text, ground)
    for element in browser.driver.find_elements("css selector", INTERACTIVE):
        assert element.accessible_name or not element.is_displayed(), element.id


def colour(browser: Browser, name: str) -> list[int]:
    """Return red, green and blue of a colour of page.css as the page has it now."""
    script = """
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.color = `var(--${arguments[0]})`;
        const found = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
        probe.remove();
        return found;
    """
    found: list[int] = browser.run(script, name)
    return found


def contrast(one: list[int], other: list[int]) -> float:
    """Return the contrast ratio of two colours, as WCAG 2 defines it."""

    def luminance(rgb: list[int]) -> float:
        parts = [value / 255 for value in rgb]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_the_routes_are_shown_and_can_be_tried(browser: Browser, numbers: Served) -> None:
    browser.driver.get(f"{numbers.url}docs")
    for script in (
        "return document.querySelector('#docs').shadowRoot?.querySelector('.endpoint-head')",
        "return document.querySelector('#docs').shadowRoot.querySelector('api-request')"
        "?.shadowRoot.querySelector('.m-btn.primary')",
    ):
        browser.wait_until(script)
        browser.run(f"({script.replace('return ', '() => ')})().click()")
    browser.wait_until(
        "return document.querySelector('#docs').shadowRoot.querySelector('api-request')"
        ".shadowRoot.textContent.includes('Response Status: OK:200')"
    )


@pytest.mark.parametrize("kind", ["images", "numbers", "texts"])
def test_the_document_is_openapi(kind: str, request: pytest.FixtureRequest) -> None:
    validate(get(request.getfixturevalue(kind).port, "/openapi.json"))
