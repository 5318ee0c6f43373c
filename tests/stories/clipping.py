"""What a page hides that it should show: text cut off at an edge, text under other text, a page wider than its window."""

from __future__ import annotations

from typing import Any

from tests import chromium

FITS = "document.documentElement.scrollWidth <= innerWidth"

# Text that its own box cuts off. What is hidden on purpose (.vh, an area that scrolls) and a list whose choice is
# longer than the list says so in its style: text-overflow.
CLIPPED = """() => [...document.querySelectorAll('body *')].filter(one => {
  const style = getComputedStyle(one);
  if (one.closest('.vh, svg, [hidden]') || !one.innerText?.trim() || style.clipPath !== 'none') return false;
  const cuts = way => ['hidden', 'clip'].includes(style['overflow' + way]);
  const box = one.getBoundingClientRect();
  if (box.width < 2 || box.height < 2 || style.textOverflow === 'ellipsis') return false;
  return cuts('X') && one.scrollWidth > one.clientWidth + 1 || cuts('Y') && one.scrollHeight > one.clientHeight + 1;
}).map(one => 'cut off: ' + one.outerHTML.slice(0, 140))"""

# Two pieces of text that stand in one another's way: elements with text of their own, neither within the other,
# whose lines share more than a sliver. What floats above the page by
# design (sticky, fixed, absolute) is left out, and what is shortened with an ellipsis.
OVERLAID = """() => {
  const apart = style => ['sticky', 'fixed', 'absolute'].includes(style.position) || style.textOverflow === 'ellipsis';
  const floats = one => { for (; one && one !== document.body; one = one.parentElement)
    if (apart(getComputedStyle(one))) return true; return false; };
  const lines = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const one = text.parentElement;
    if (!text.data.trim() || !one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
    if (one.closest('svg, .vh, script, style, option, textarea') || floats(one)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) if (box.width > 2 && box.height > 2) lines.push({ one, box, said: text.data.trim() });
  }
  lines.sort((a, b) => a.box.top - b.box.top);
  const scroller = one => one.closest('.evidence, .ballot-body, .ballot-foot, .scroll, .claim-list') ?? document.body;
  const found = [];
  for (let i = 0; i < lines.length; i++) for (let j = i + 1; j < lines.length && lines[j].box.top < lines[i].box.bottom; j++) {
    const [a, b] = [lines[i], lines[j]];
    if (a.one === b.one || a.one.contains(b.one) || b.one.contains(a.one) || scroller(a.one) !== scroller(b.one)) continue;
    const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
    const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
    // The boxes of two lines of text may share their leading; half a line is one word on another.
    if (wide > 2 && high > Math.min(a.box.height, b.box.height) / 2) found.push(`overlaid: "${a.said.slice(0, 50)}" and "${b.said.slice(0, 50)}"`);
  }
  return found;
}"""


def hidden(page: Any) -> list[str]:
    """What of the page as it stands cannot be read, one line each."""
    wide = [] if page.evaluate(FITS) else [f"scrolls sideways: {page.evaluate(chromium.TOO_WIDE)}"]
    return [*wide, *page.evaluate(CLIPPED), *page.evaluate(OVERLAID)]
