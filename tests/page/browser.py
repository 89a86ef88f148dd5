# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium for tests of the page: opens files, waits, tells what it saw."""
import contextlib
import json
import os
import time

from selenium import webdriver
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

CHROMIUM = "/usr/bin/chromium"
DRIVER = "/usr/bin/chromedriver"
PATIENCE_S = 20


def arguments(profile):
    flags = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--force-device-scale-factor=1", "--no-first-run", "--disable-background-networking",
             "--user-data-dir=" + profile]
    # Chromium's own sandbox is not for root.
    return flags + (["--no-sandbox"] if os.getuid() == 0 else [])


class Browser:
    def __init__(self, profile):
        options = Options()
        options.binary_location = CHROMIUM
        for flag in arguments(profile):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        self.size(1400, 1000)
        self.media()

    def quit(self):
        self.driver.quit()

    def cdp(self, command, **arguments_):
        return self.driver.execute_cdp_cmd(command, arguments_)

    def size(self, width, height):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, dark=False, paper=False):
        self.cdp("Emulation.setEmulatedMedia", media="print" if paper else "",
                 features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, path, fragment="", scripts=True):
        """From the beginning, also when only the fragment differs."""
        self.driver.get("about:blank")
        self.cdp("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.driver.get("file://" + path + fragment)
        if scripts:
            self.until("return document.documentElement.classList.contains('ready')")

    def js(self, script, *args):
        return self.driver.execute_script(script, *args)

    def until(self, script, *args):
        end = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(JavascriptException):
                value = self.js(script, *args)
                if value:
                    return value
            if time.monotonic() > end:
                raise AssertionError("never came true: " + script)
            self.js("return new Promise((done) => requestAnimationFrame(done))")

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.js("return document.querySelector(arguments[0]).textContent", selector)

    def click(self, selector):
        self.js("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
        self.find(selector).click()

    def press(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def console(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """What pages asked the network for since the last call; what the policy refused, did not go out."""
        asked, refused = {}, set()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            params = message["params"]
            if message["method"] == "Network.requestWillBeSent" and params["documentURL"].startswith("file:"):
                asked[params["requestId"]] = params["request"]["url"]
            elif message["method"] == "Network.loadingFailed" and params.get("blockedReason") == "csp":
                refused.add(params["requestId"])
        return [url for i, url in asked.items() if i not in refused and not url.startswith(("data:", "blob:", "file:"))]

    def screenshot(self, path):
        self.driver.save_screenshot(path)


KEYS = Keys
