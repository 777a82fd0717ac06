//! A headless Chromium, driven through Debian's `chromedriver` over WebDriver (W3C), a protocol of JSON
//! over HTTP.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Once,
};

use serde_json::{Value, json};

/// One window of a browser; closed when dropped.
pub(crate) struct Browser {
    driver: Child,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// `None`, with a message, where there is no browser.
    pub(crate) fn open() -> Option<Self> {
        let driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut driver = match driver {
            Ok(driver) => driver,
            Err(error) => return skip(&format!("chromedriver: {error}")),
        };
        let mut said = BufReader::new(driver.stdout.take().unwrap());
        let mut line = String::new();
        let port: u16 = loop {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "chromedriver ended without a port");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim().trim_end_matches('.').parse().unwrap();
            }
        };
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Browser {
            driver,
            session: format!("http://127.0.0.1:{port}/session"),
            _profile: profile,
        };
        let profile = format!("--user-data-dir={}", browser._profile.path().display());
        let options = json!({ "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--hide-scrollbars", "--window-size=1280,900", profile,
        ]});
        let capabilities = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let answer =
            browser.send("POST", "", &json!({ "capabilities": { "alwaysMatch": capabilities } }));
        match answer {
            Ok(session) => {
                browser.session += &format!("/{}", session["sessionId"].as_str().unwrap());
                Some(browser)
            }
            Err(error) => skip(&format!("chromium does not start: {error}")),
        }
    }

    fn send(&self, method: &str, command: &str, body: &Value) -> Result<Value, String> {
        let address = format!("{}{command}", self.session);
        let request = minreq::Request::new(minreq::Method::Custom(method.to_owned()), address);
        let request = if method == "POST" { request.with_json(body).unwrap() } else { request };
        let answer = request.send().map_err(|error| error.to_string())?;
        let answer: Value = answer.json().map_err(|error| error.to_string())?;
        match answer["value"]["error"].as_str() {
            Some(_) => Err(answer["value"]["message"].to_string()),
            None => Ok(answer["value"].clone()),
        }
    }

    fn post(&self, command: &str, body: Value) -> Value {
        self.send("POST", command, &body).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    pub(crate) fn show(&self, page: &Path) {
        // Clears the logs of what the browser did before.
        self.post("/url", json!({ "url": "about:blank" }));
        self.wait_for_frames();
        self.requests();
        self.complaints();
        self.post("/url", json!({ "url": format!("file://{}", page.display()) }));
    }

    /// Runs the body of a function in the page and returns its value.
    pub(crate) fn ask(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({ "script": script, "args": [] }))
    }

    pub(crate) fn ask_number(&self, script: &str) -> f64 {
        let answer = self.ask(script);
        answer.as_f64().unwrap_or_else(|| panic!("{script}: {answer}"))
    }

    pub(crate) fn ask_text(&self, script: &str) -> String {
        let answer = self.ask(script);
        answer.as_str().unwrap_or_else(|| panic!("{script}: {answer}")).to_owned()
    }

    /// The browser's name for an element.
    pub(crate) fn find(&self, selector: &str) -> String {
        let found = self.post("/element", json!({ "using": "css selector", "value": selector }));
        found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned()
    }

    /// Types into an element; a field for a file takes its path.
    pub(crate) fn type_into(&self, element: &str, text: &str) {
        self.post(&format!("/element/{element}/value"), json!({ "text": text }));
    }

    /// Moves, clicks, turns the wheel or types; returns when the page has drawn.
    pub(crate) fn act(&self, device: &str, actions: Value) {
        let source = if device == "mouse" {
            json!({ "type": "pointer", "id": device, "parameters": { "pointerType": "mouse" }, "actions": actions })
        } else {
            json!({ "type": device, "id": device, "actions": actions })
        };
        self.post("/actions", json!({ "actions": [source] }));
        self.wait_for_frames();
    }

    pub(crate) fn type_key(&self, key: &str) {
        self.act(
            "key",
            json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]),
        );
    }

    pub(crate) fn move_to(&self, x: f64, y: f64) {
        self.act(
            "mouse",
            json!([{ "type": "pointerMove", "x": x.round() as i64, "y": y.round() as i64 }]),
        );
    }

    pub(crate) fn click(&self, x: f64, y: f64) {
        self.act(
            "mouse",
            json!([
                { "type": "pointerMove", "x": x.round() as i64, "y": y.round() as i64 },
                { "type": "pointerDown", "button": 0 },
                { "type": "pointerUp", "button": 0 },
            ]),
        );
    }

    /// Scrolls an element into the middle of the window and clicks on its middle.
    pub(crate) fn click_on(&self, selector: &str) {
        let [x, y] = self.middle_of(selector);
        self.click(x, y);
    }

    pub(crate) fn middle_of(&self, selector: &str) -> [f64; 2] {
        let middle = self.ask(&format!(
            "const it = document.querySelector({selector:?}); it.scrollIntoView({{block: 'center'}}); \
             const {{left, top, width, height}} = it.getBoundingClientRect(); \
             return [left + width / 2, top + height / 2];"
        ));
        [0, 1].map(|index| middle[index].as_f64().unwrap())
    }

    pub(crate) fn wheel(&self, x: f64, y: f64, delta: i32) {
        self.act(
            "wheel",
            json!([{ "type": "scroll", "x": x.round() as i64, "y": y.round() as i64, "deltaX": 0, "deltaY": delta }]),
        );
    }

    pub(crate) fn wait_for_frames(&self) {
        self.post(
            "/execute/async",
            json!({
                "script": "const done = arguments[0]; \
                           requestAnimationFrame(() => requestAnimationFrame(() => done()));",
                "args": [],
            }),
        );
    }

    /// Sends a command of Chromium's own protocol.
    pub(crate) fn tell_chromium(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters }))
    }

    pub(crate) fn set_dark(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        self.tell_chromium("Emulation.setEmulatedMedia", json!({ "features": features }));
        self.wait_for_frames();
    }

    pub(crate) fn set_width(&self, width: u32) {
        self.tell_chromium(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false }),
        );
        self.wait_for_frames();
    }

    /// Saves a picture of the whole page when `DELAYED_SCREENSHOTS` is set.
    pub(crate) fn keep_picture(&self, name: &str) {
        use base64::Engine;
        let Some(folder) = std::env::var_os("DELAYED_SCREENSHOTS") else { return };
        std::fs::create_dir_all(&folder).unwrap();
        let height = self.ask_number("return document.documentElement.scrollHeight");
        let width = self.ask_number("return document.documentElement.clientWidth");
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let parameters = json!({ "captureBeyondViewport": true, "clip": clip });
        let picture = self.tell_chromium("Page.captureScreenshot", parameters);
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(picture["data"].as_str().unwrap())
            .unwrap();
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), bytes).unwrap();
    }

    /// Saves a picture of the window when `DELAYED_SCREENSHOTS` is set.
    pub(crate) fn keep_window(&self, name: &str) {
        use base64::Engine;
        let Some(folder) = std::env::var_os("DELAYED_SCREENSHOTS") else { return };
        std::fs::create_dir_all(&folder).unwrap();
        let picture = self.tell_chromium("Page.captureScreenshot", json!({}));
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(picture["data"].as_str().unwrap())
            .unwrap();
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), bytes).unwrap();
    }

    /// The messages in the browser's console since the last call.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", json!({ "type": "browser" }));
        log.as_array().unwrap().iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// Every address that was requested since the last call, without `data:` addresses.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = self.post("/se/log", json!({ "type": "performance" }));
        let entries = log.as_array().unwrap().iter();
        entries
            .filter_map(|entry| {
                let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
                let event = &event["message"];
                (event["method"] == "Network.requestWillBeSent")
                    .then(|| event["params"]["request"]["url"].as_str().map(str::to_owned))?
            })
            .filter(|address| !address.starts_with("data:"))
            .collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.send("DELETE", "", &Value::Null);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Says once in this program that there is no browser. Writes to stderr directly, because the test harness hides what a passing test prints.
fn skip<T>(reason: &str) -> Option<T> {
    let message = format!(
        "SKIPPED: no browser looked at the report: {reason}; the packages chromium and \
         chromium-driver have it"
    );
    assert!(std::env::var_os("DELAYED_REQUIRE_CLIENTS").is_none(), "{message}");
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let _ = writeln!(std::io::stderr().lock(), "{message}");
    });
    None
}
