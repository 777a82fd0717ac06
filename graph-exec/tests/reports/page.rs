//! Reports in a browser.

use std::time::Duration;

use graph_exec::{RunRecord, TaskRecord};
use serde_json::json;

use crate::{browser::Browser, runs};

/// Opens a report of a run.
fn open<'b>(browser: &'b Browser, record: &RunRecord, name: &str) -> Page<'b> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("{name}.html"));
    record.report(&path).unwrap();
    if let Some(folder) = std::env::var_os("DELAYED_SCREENSHOTS") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(&path, std::path::Path::new(&folder).join(format!("{name}.html"))).unwrap();
    }
    browser.set_dark(false);
    browser.show(&path);
    browser.wait_for_frames();
    browser.keep_picture(name);
    Page { browser, name: name.to_owned(), _folder: folder }
}

struct Page<'b> {
    browser: &'b Browser,
    name: String,
    _folder: tempfile::TempDir,
}

impl Page<'_> {
    fn shown(&self) -> [f64; 2] {
        ["from", "to"].map(|end| {
            self.browser.ask_number(&format!(
                "return Number(document.getElementById('window').dataset.{end})"
            ))
        })
    }

    /// Ends every test: the page has requested nothing and logged nothing.
    fn check_quiet(&self) {
        assert_eq!(self.browser.complaints(), [""; 0], "{}", self.name);
        let requests = self.browser.requests();
        assert_eq!(requests.len(), 1, "only the page itself is asked for: {requests:?}");
        assert!(requests[0].ends_with(&format!("{}.html", self.name)), "{requests:?}");
        let attacked = self.browser.ask("return window.attacked === undefined");
        assert_eq!(attacked, true, "no label is obeyed");
    }
}

#[test]
fn pages_of_all_sizes_draw_at_once_and_in_silence() {
    let Some(browser) = Browser::open() else { return };
    let pages = [
        ("1", runs::one()),
        ("49", runs::forty_nine()),
        ("10000", runs::with_tasks(10_000, Duration::from_micros(20))),
        ("100000", runs::with_tasks(100_000, Duration::from_micros(8))),
        ("1000000", runs::with_tasks(1_000_000, Duration::from_nanos(1))),
    ];
    for (name, record) in &pages {
        let page = open(&browser, record, name);
        let first_draw =
            browser.ask_number("return performance.getEntriesByName('first draw')[0].duration");
        println!("{name}: first draw {first_draw:.0} ms");
        // It should take less than 200 ms; ten times that is broken on any machine.
        assert!(first_draw < 2000.0, "{name}: {first_draw} ms");
        assert_eq!(
            browser.ask_text("return document.querySelector('h1').textContent"),
            record.verdict()
        );
        let bundled = browser.ask("return document.getElementById('bundled') !== null");
        assert_eq!(bundled, record.tasks().len() > 120_000, "{name}");
        page.check_quiet();
    }
}

#[test]
fn wheel_drag_keys_and_buttons_move_through_time() {
    let Some(browser) = Browser::open() else { return };
    let record = runs::with_tasks(4_000, Duration::from_micros(50));
    let page = open(&browser, &record, "zoom");
    let whole = page.shown();
    assert_eq!(whole[0], 0.0);
    assert!((whole[1] - record.wall().as_nanos() as f64).abs() < 1.0);

    // Before a click, the wheel scrolls the page.
    let [x, y] = browser.middle_of("#stream");
    browser.wheel(x, y, -240);
    assert_eq!(page.shown(), whole);
    let [x, y] = browser.middle_of("#stream");
    browser.click(x, y);
    browser.wheel(x, y, -600);
    let zoomed = page.shown();
    assert!(zoomed[1] - zoomed[0] < 0.5 * (whole[1] - whole[0]), "{zoomed:?}");
    assert!(zoomed[0] < whole[1] / 2.0 && whole[1] / 2.0 < zoomed[1], "around the pointer");

    browser.act(
        "mouse",
        json!([
            { "type": "pointerMove", "x": x.round() as i64, "y": y.round() as i64 },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerMove", "x": x.round() as i64 - 200, "y": y.round() as i64, "duration": 50 },
            { "type": "pointerUp", "button": 0 },
        ]),
    );
    let moved = page.shown();
    assert!(moved[0] > zoomed[0], "dragging to the left shows what comes later: {moved:?}");
    let kept = (moved[1] - moved[0]) / (zoomed[1] - zoomed[0]);
    assert!((kept - 1.0).abs() < 1e-6, "dragging does not zoom: {kept}");

    browser.type_key("+");
    let closer = page.shown();
    assert!(closer[1] - closer[0] < 0.7 * (moved[1] - moved[0]), "{closer:?}");
    browser.type_key("\u{E012}"); // the left arrow
    assert!(page.shown()[0] < closer[0]);
    for _ in 0..40 {
        browser.type_key("+");
    }
    let deepest = page.shown();
    assert!(deepest[1] - deepest[0] >= 199.0, "no deeper than what was measured: {deepest:?}");
    browser.keep_window("zoom-deepest");
    browser.type_key("0");
    assert_eq!(page.shown(), whole);
    browser.click_on("#zoom-in");
    assert!(page.shown()[1] - page.shown()[0] < 0.6 * whole[1]);
    browser.keep_window("zoom-half");
    browser.click_on("#whole-run");
    assert_eq!(page.shown(), whole);
    page.check_quiet();
}

#[test]
fn hovering_and_keys_explain_a_task_within_the_window() {
    let Some(browser) = Browser::open() else { return };
    let record = runs::forty_nine();
    let page = open(&browser, &record, "hover");
    // The longest task is wide enough for a pointer.
    let longest = record.tasks().max_by_key(TaskRecord::duration).unwrap();
    let middle = (longest.start() + longest.duration() / 2).as_nanos() as f64;
    let share = middle / record.wall().as_nanos() as f64;
    browser.middle_of("#stream");
    let stream = browser.ask(
        "const {left, top, width} = document.getElementById('stream').getBoundingClientRect(); \
         return [left, top, width]",
    );
    let [left, top, width] = [0, 1, 2].map(|index| stream[index].as_f64().unwrap());
    let x = left + 78.0 + share * (width - 78.0);
    let y = top + 34.0 * longest.worker().unwrap() as f64 + 17.0;
    browser.move_to(x, y);
    let told = browser.ask_text("return document.getElementById('tooltip').innerText");
    assert!(told.contains(longest.function().name), "{told}");
    assert!(told.contains(&longest.built_at().to_string()), "{told}");
    assert!(told.contains(&format!("task {}", longest.index())), "{told}");
    browser.keep_window("hover-task");

    // The tooltip stays within the window at every place of the stream.
    for share in [0.08, 0.3, 0.6, 0.999] {
        browser.move_to(left + share * width, y);
        let fits = browser.ask(
            "const tip = document.getElementById('tooltip'); \
             const {left, top, right, bottom} = tip.getBoundingClientRect(); \
             return tip.hidden || (left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight)",
        );
        assert_eq!(fits, true, "at {share}");
    }
    browser.move_to(left + 20.0, y);
    assert_eq!(browser.ask("return document.getElementById('tooltip').hidden"), true);

    // The keys show tooltips too.
    browser.ask("document.getElementById('stream').focus()");
    browser.type_key("n");
    let first = browser.ask_text("return document.getElementById('tooltip').innerText");
    browser.type_key("n");
    let second = browser.ask_text("return document.getElementById('tooltip').innerText");
    assert!(
        first.contains("took") && second.contains("took") && first != second,
        "{first} {second}"
    );
    browser.keep_window("hover-keys");
    browser.type_key("\u{E00C}"); // Escape
    assert_eq!(browser.ask("return document.getElementById('tooltip').hidden"), true);
    page.check_quiet();
}

#[test]
fn headings_sort_the_table() {
    let Some(browser) = Browser::open() else { return };
    let record = runs::forty_nine();
    let page = open(&browser, &record, "sort");
    let column = |index: usize| -> Vec<f64> {
        let values = browser.ask(&format!(
            "return [...document.getElementById('functions').tBodies[0].rows]\
             .map(row => Number(row.cells[{index}].dataset.value))"
        ));
        values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    };
    assert!(column(2).is_sorted_by(|a, b| a >= b), "by total at first");
    browser.click_on("#functions th:nth-child(5) button");
    assert!(column(4).is_sorted_by(|a, b| a >= b), "by median, the longest first");
    browser.click_on("#functions th:nth-child(5) button");
    assert!(column(4).is_sorted(), "and the other way round");
    // With a key: the heading has the focus.
    browser.ask("document.querySelector('#functions th button').focus()");
    browser.type_key("\u{E007}"); // Enter
    let names = browser.ask(
        "return [...document.getElementById('functions').tBodies[0].rows]\
         .map(row => row.cells[0].dataset.value)",
    );
    let names: Vec<&str> =
        names.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let mut sorted = names.clone();
    sorted.sort_by_key(|name| name.to_lowercase());
    assert_eq!(names, sorted);
    assert_eq!(names.len(), record.by_function().len());
    page.check_quiet();
}

#[test]
fn failed_tasks_are_found_and_cancelled_ones_listed() {
    let Some(browser) = Browser::open() else { return };
    let record = runs::with_failures();
    let page = open(&browser, &record, "failures");
    let kinds = browser.ask(
        "return [...document.querySelectorAll('#troubles tbody tr')].map(row => row.cells[0].className)",
    );
    assert_eq!(kinds, json!(["failed", "retried", "cancelled"]));
    let attempts = browser.ask_text(
        "return document.querySelector('#troubles .retried').parentElement.cells[3].textContent",
    );
    assert_eq!(attempts, "2");
    let memory = browser.ask_number("return document.getElementById('memory').height");
    assert!(memory > 0.0, "a task declares its bytes, so they are drawn");
    let whole = page.shown();
    browser.click_on("#troubles .find");
    browser.wait_for_frames();
    let told = browser.ask_text("return document.getElementById('tooltip').innerText");
    assert!(told.contains("✕ failed"), "{told}");
    assert!(told.contains(runs::WILD_LABELS[3]), "{told}");
    let shown = page.shown();
    assert!(shown[0] >= whole[0] && shown[1] <= whole[1]);
    browser.keep_window("failures-found");
    page.check_quiet();
}

#[test]
fn memory_is_drawn_against_its_limit() {
    let Some(browser) = Browser::open() else { return };
    // The limit has a colour that nothing else in the chart has.
    let dashes = "const canvas = document.getElementById('memory'); \
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); \
        let many = 0; \
        for (let at = 0; at < data.length; at += 4) { \
            if (data[at] > data[at + 2] + 60 && data[at + 3] > 200) many++; \
        } \
        return many";
    for (megabytes, drawn) in [(4, true), (4000, false)] {
        let page = open(&browser, &runs::limited(megabytes), &format!("limit-{megabytes}"));
        let told = browser.ask_text("return document.querySelector('.limit').textContent");
        assert!(told.starts_with("limit ") && told.ends_with("iB"), "{told}");
        assert_eq!(browser.ask_number(dashes) > 100.0, drawn, "a limit far above is only named");
        page.check_quiet();
    }
}

#[test]
fn the_graph_outlines_the_critical_path() {
    let Some(browser) = Browser::open() else { return };
    let record = runs::forty_nine();
    let page = open(&browser, &record, "graph");
    let outlined = browser.ask(
        "return [...document.querySelectorAll('#graph .critical > title')].map(title => title.textContent)",
    );
    let mut outlined: Vec<String> = outlined
        .as_array()
        .unwrap()
        .iter()
        .map(|title| title.as_str().unwrap().lines().next().unwrap().to_owned())
        .collect();
    let mut wanted: Vec<String> =
        record.critical_tasks().map(|task| task.function().path()).collect();
    outlined.sort();
    wanted.sort();
    assert_eq!(outlined, wanted);
    page.check_quiet();
}

#[test]
fn dark_mode_is_legible_and_narrow_windows_do_not_scroll_sideways() {
    let Some(browser) = Browser::open() else { return };
    let record = runs::with_failures();
    let page = open(&browser, &record, "dark");
    // The contrast of every text with its background, as WCAG 2 defines it, must be at least 4.5.
    let contrast = r"
        const luminance = (colour) => {
            const parts = colour.map((part) => {
                const share = part / 255;
                return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
        };
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const read = (colour) => {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            return [...canvas.getImageData(0, 0, 1, 1).data];
        };
        const behind = (element) => {
            for (let at = element; at; at = at.parentElement) {
                const box = at.localName === 'g' ? at.querySelector('rect') : null;
                const colour = read(box ? getComputedStyle(box).fill : getComputedStyle(at).backgroundColor);
                if (colour[3] === 255) return colour;
            }
            return [255, 255, 255];
        };
        let worst = { ratio: 99 };
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            const text = walker.currentNode.textContent.trim();
            if (!text || !element.getClientRects().length || element.closest('script, title')) continue;
            const style = getComputedStyle(element);
            const front = luminance(read(element.localName === 'text' ? style.fill : style.color));
            const back = luminance(behind(element));
            const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
            if (ratio < worst.ratio) worst = { ratio, text };
        }
        return worst;
    ";
    for dark in [false, true] {
        browser.set_dark(dark);
        let worst = browser.ask(contrast);
        assert!(worst["ratio"].as_f64().unwrap() >= 4.5, "dark: {dark}: {worst}");
        // The page is white unless it is dark.
        let paper = browser.ask_text("return getComputedStyle(document.body).backgroundColor");
        assert_eq!(paper == "rgb(255, 255, 255)", !dark, "{paper}");
    }
    browser.keep_picture("dark");
    for width in [360, 768, 1920] {
        browser.set_width(width);
        let wide = browser.ask_number("return document.documentElement.scrollWidth");
        assert!(wide <= f64::from(width), "{wide} at {width}");
        browser.keep_picture(&format!("dark-{width}"));
    }
    page.check_quiet();
}

/// Reports to be looked at by people, in all widths and both schemes, when `DELAYED_SCREENSHOTS` is set; what
/// a machine can see is asked of all of them.
#[test]
fn reports_of_all_kinds_fit_every_window() {
    let Some(browser) = Browser::open() else { return };
    let records = [
        ("look-24", runs::twenty_four()),
        ("look-5000", runs::with_tasks(5_000, Duration::from_micros(60))),
        ("look-100000", runs::with_tasks(100_000, Duration::from_micros(4))),
        ("look-failed", runs::failed()),
        ("look-cancelled", runs::cancelled()),
        ("look-limit", runs::limited(3)),
        ("slow-1", runs::one_lock()),
        ("slow-2", runs::many_threads()),
        ("slow-3", runs::long_tail()),
        ("slow-4", runs::limited(1)),
        ("slow-5", runs::with_tasks(60_000, Duration::from_nanos(1))),
    ];
    for (name, record) in &records {
        let page = open(&browser, record, name);
        let said = browser.ask_text("return document.querySelector('h1').textContent");
        assert_eq!(said, record.verdict(), "{name}");
        println!("{name}: {said}");
        for width in [420, 1000, 1600] {
            browser.set_width(width);
            for dark in [false, true] {
                browser.set_dark(dark);
                let wide = browser.ask_number("return document.documentElement.scrollWidth");
                assert!(wide <= f64::from(width), "{name}: {wide} at {width}");
                let scheme = if dark { "dark" } else { "light" };
                browser.keep_picture(&format!("{name}-{width}-{scheme}"));
            }
        }
        page.check_quiet();
    }
}

#[test]
fn another_report_is_laid_beside_this_one() {
    let Some(browser) = Browser::open() else { return };
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before.html");
    runs::twenty_four().report(&before).unwrap();
    let page = open(&browser, &runs::long_tail(), "compared");
    let element = browser.find("#other");
    browser.type_into(&element, before.to_str().unwrap());
    std::thread::sleep(Duration::from_millis(300));
    browser.wait_for_frames();
    let rows = "return [...document.querySelectorAll('#comparison tbody tr')].map(row => row.cells[0].textContent)";
    let names = browser.ask(rows);
    let names: Vec<&str> =
        names.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(names[0].ends_with("::quick"), "what became slower by most comes first: {names:?}");
    assert!(names.iter().any(|name| name.ends_with("::summarise")), "{names:?}");
    let said = browser.ask_text("return document.getElementById('compared').textContent");
    assert!(said.contains("the other ") && said.contains("× "), "{said}");
    browser.keep_picture("compared");
    page.check_quiet();
}
