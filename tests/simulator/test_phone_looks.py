"""The phone page as it is seen: on a small screen, by everybody, with nothing of anybody's text obeyed."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.simulator.conftest import Business, Opener, messages

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


HOSTILE = [
    "<script>document.title='taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    "</p><b>bold</b>",
    "javascript:alert(1)",
    "https://a.example/\"onmouseover=\"document.title='taken'",
    "&lt;b&gt;",
    "${7*7} {{7*7}}",
    "\u202eabc\u202c",
    "*<i>x</i>*",
    "```</code><script>document.title='taken'</script>```",
]


def test_text_stays_text_whoever_wrote_it(page: Page, business: Business) -> None:
    for text in HOSTILE:
        business.sent(text=text)
        business.hears(text=text)

    expect(messages(page, "them")).to_have_count(len(HOSTILE))
    expect(messages(page)).to_have_count(len(HOSTILE) + 1)
    assert "taken" not in page.title()
    assert page.locator("article script, article img, article [onerror], article [onmouseover]").count() == 0
    hrefs = page.locator("article a").evaluate_all("links => links.map(link => link.protocol)")
    assert set(hrefs) <= {"https:"}
    shown = page.locator("article.them .text").all_inner_texts()
    assert shown[:3] == HOSTILE[:3]


def test_one_pane_at_a_time_on_a_small_screen(opened: Opener, business: Business) -> None:
    business.opens_window()
    page = opened(business, "#/", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)

    expect(page.get_by_test_id("phone-composer")).to_be_hidden()
    page.get_by_test_id(f"phone-{business.phone}").tap()
    expect(page.get_by_test_id("phone-composer")).to_be_visible()
    expect(page.get_by_role("navigation", name="Phones")).to_be_hidden()
    page.get_by_role("button", name="How this phone behaves").tap()
    expect(page.get_by_test_id("toggle-offline")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_no_accessibility_rule_is_broken(opened: Opener, business: Business) -> None:
    business.opens_window()
    business.sent(type="interactive", interactive={
        "type": "button", "header": {"type": "text", "text": "A payment"}, "body": {"text": "Was it you?"},
        "footer": {"text": "We never ask for your PIN"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "no", "title": "Not me"}}]},
    })  # fmt: skip
    page = opened(business, color_scheme="light", bypass_csp=True)
    expect(messages(page, "them")).to_have_count(1)
    page.add_script_tag(path=AXE)

    assert broken_rules(page) == []
    page.emulate_media(color_scheme="dark")  # only the colours differ
    assert broken_rules(page) == []
    messages(page, "them").last.focus()
    page.keyboard.press("m")
    assert broken_rules(page) == []
    page.keyboard.press("Escape")
    page.get_by_test_id("new-customer").click()
    assert broken_rules(page) == []


LOOK = """async () => {
    const {violations} = await axe.run({resultTypes: ["violations"]});
    return violations.map(one => `${one.id}: ${one.nodes[0].html}`);
}"""


def broken_rules(page: Page) -> list[str]:
    found: list[str] = page.evaluate(LOOK)
    return found


def test_the_policy_allows_nothing_from_elsewhere(business: Business) -> None:
    answer = business.session.get(f"{business.sim.url}/phone/", timeout=30)

    policy = answer.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert f'nonce="{nonce}"' in answer.text


def test_every_module_is_asked_for_at_once(business: Business) -> None:
    page = business.session.get(f"{business.sim.url}/phone/", timeout=30).text
    modules = {file.name for file in (ROOT / "simulator" / "static" / "phone").glob("*.js")}

    named = set(re.findall(r'(?:modulepreload" href|module" src)="/static/phone/([a-z-]+\.js)"', page))

    assert named == modules - {"theme-first.js"}
