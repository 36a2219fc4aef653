"""What is too long, too many or too large is shown whole or refused; nothing is moved aside by it."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import FilePayload, expect

from tests.journeys.office import Office

#: Anything that is wider than its pane.
TOO_WIDE = """() => ["[data-testid=timeline]", "[data-pane=list]", ".composer", "html"].filter(name => {
    const box = document.querySelector(name);
    return box && box.scrollWidth > box.clientWidth + 1;
})"""


def test_a_word_of_4096_letters_five_hundred_emoji_and_fifty_files_do_no_harm(office: Office) -> None:
    word, faces = "W" * 4096, "😀👍🏾❤️👨‍👩‍👧" * 125
    ella = office.customer("E" * 120, word, faces)
    mia = office.desk("mia", viewport={"width": 390, "height": 844}).open(ella)

    expect(mia.bubble(word)).to_be_attached()
    expect(mia.bubble(faces)).to_be_visible()
    assert mia.page.evaluate(TOO_WIDE) == []
    mia.field.fill(word)
    assert mia.page.evaluate(TOO_WIDE) == []
    mia.field.fill(word + "W")
    mia.field.press("Control+Enter")
    expect(mia.toasts.last).to_contain_text("The text has 1 characters too many.")
    mia.field.fill("")

    photo = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(photo, "PNG")
    photos: list[FilePayload] = [
        {"name": f"{n}.png", "mimeType": "image/png", "buffer": photo.getvalue()} for n in range(50)
    ]
    mia.at("attach-input").set_input_files(photos)
    expect(mia.at("file-chip")).to_have_count(10)
    expect(mia.toasts.last).to_contain_text("10 files at once are the most; 40 were left out.")
    assert mia.page.evaluate(TOO_WIDE) == []
