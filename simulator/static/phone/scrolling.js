// Keeps the newest message in view for who is at the foot of the chat, and the same message in place for who reads above.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const NEAR = 48; // px from the foot that still count as being there
const FAR = 400; // from here on a button leads back down

/** For a scrolling box and the list of messages drawn in it: refs and handlers, and how many new ones were missed. */
export function useScroll(list) {
  const scroller = useRef(null);
  const content = useRef(null);
  const memory = useRef({ isPinned: true, height: 0, firstId: null, lastId: null });
  const [missed, setMissed] = useState(0);
  const [isAway, setAway] = useState(false);

  const settle = () => {
    const box = scroller.current;
    if (box && memory.current.isPinned) box.scrollTop = box.scrollHeight;
  };
  const toBottom = () => { memory.current.isPinned = true; settle(); setMissed(0); };
  const onScroll = () => {
    const left = distance(scroller.current);
    memory.current.isPinned = left < NEAR;
    setAway(left > FAR);
    if (left < NEAR) setMissed(0);
  };
  useLayoutEffect(() => {
    const news = take(memory.current, scroller.current, list);
    if (news) setMissed((count) => count + news);
    settle();
  }, [list]);
  useEffect(() => {
    // The window, a growing composer, a picture of unknown size, a line under a bubble: all may change heights.
    const watch = new ResizeObserver(settle);
    watch.observe(scroller.current);
    watch.observe(content.current);
    return () => watch.disconnect();
  }, []);
  return { scroller, content, onScroll, toBottom, missed, isAway };
}

const distance = (box) => box.scrollHeight - box.scrollTop - box.clientHeight;

// A list has changed: hold the place when older ones came on top, follow one's own message down, count what was missed.
function take(memory, box, list) {
  const { firstId, lastId, height } = memory;
  const last = list.at(-1);
  const isPrepended = firstId && list[0]?.id !== firstId && last?.id === lastId;
  if (isPrepended) box.scrollTop += box.scrollHeight - height;
  if (last?.local && last.id !== lastId) memory.isPinned = true;
  Object.assign(memory, { height: box.scrollHeight, firstId: list[0]?.id, lastId: last?.id });
  return memory.isPinned || isPrepended ? 0 : newAfter(list, lastId);
}

function newAfter(list, id) {
  const at = list.findIndex((m) => m.id === id);
  return at < 0 ? 0 : list.slice(at + 1).filter((m) => !m.from_me).length;
}
