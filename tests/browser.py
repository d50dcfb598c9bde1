"""A real browser without a window: Chromium, driven by Selenium, that asks nobody but loopback."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from .answers import ROOT

LIMIT_S = 120  # how long a test waits for the page; never reached on success
FETCHED = ROOT / ".cache" / "chromium"  # what the Makefile unpacks where there is no browser
ARGUMENTS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--window-size=1200,1400"),
)
NETWORK = {"http", "https", "ws", "wss"}  # and not data:, blob:, nor the browser's own pages


def program(fetched: str, *names: str) -> str | None:
    """Return the path of a program that is installed under one of the names, or was fetched."""
    installed = [path for name in names if (path := shutil.which(name))]
    if not installed and (FETCHED / fetched).is_file():
        return str(FETCHED / fetched)
    return installed[0] if installed else None


CHROMIUM = program("usr/lib/chromium/chromium", "chromium", "google-chrome")
DRIVER = program("usr/bin/chromedriver", "chromedriver")


class Browser:
    """A page in a browser, and what a user does with it."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, url: str, ready: str) -> None:
        """Open an address and wait for a text in it."""
        self.driver.get(url)
        self.wait_for(ready)

    def find(self, id_: str) -> WebElement:
        """Return an element by its id."""
        return self.driver.find_element("id", id_)

    def wait_for(self, text: str) -> None:
        """Wait until a text is shown."""
        WebDriverWait(self.driver, LIMIT_S).until(
            lambda driver: text in driver.find_element("tag name", "body").text, text
        )

    def wait_until(self, script: str) -> None:
        """Wait until a script returns what counts as true."""
        WebDriverWait(self.driver, LIMIT_S).until(lambda _: self.run(script), script)

    def run(self, script: str, *arguments: object) -> Any:
        """Run JavaScript in the page."""
        return self.driver.execute_script(script, *arguments)

    def command(self, name: str, **parameters: object) -> None:
        """Run a command of the DevTools protocol."""
        self.driver.execute_cdp_cmd(name, parameters)

    def errors(self) -> list[str]:
        """Return what the console has told since the last time, without refused requests."""
        entries = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [e["message"] for e in entries if "responded with a status of 4" not in e["message"]]

    def asked_elsewhere(self) -> list[str]:
        """Return the addresses beyond loopback that were asked since the last time."""
        entries = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        events = [json.loads(entry["message"])["message"] for entry in entries]
        urls = [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]
        asked = [url for url in urls if urlsplit(url).scheme in NETWORK]
        return [url for url in asked if urlsplit(url).hostname != "127.0.0.1"]


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """Run a browser of its own, all of whose files lie in an empty folder, until the block ends."""
    assert CHROMIUM
    assert DRIVER
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (*ARGUMENTS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    libraries = [*FETCHED.glob("usr/lib/*-linux-gnu"), *FETCHED.glob("usr/lib/*/pulseaudio")]
    path = os.pathsep.join(map(str, libraries))
    environ = {**os.environ, "HOME": str(folder), "LD_LIBRARY_PATH": path}
    driver = webdriver.Chrome(options=options, service=Service(DRIVER, env=environ))
    try:
        yield Browser(driver)
    finally:
        driver.quit()
