// Says whether an element is on screen or about to be, so that what is far away costs nothing.
import type { Attachment } from 'svelte/attachments';

const MARGIN_PX = 300;

/** For `{@attach}`: calls `tell` whenever the element comes near the visible part or leaves it. */
export function nearby(tell: (near: boolean) => void): Attachment<Element> {
  return (node) => {
    const observer = new IntersectionObserver(
      (entries) => {
        const last = entries.at(-1);
        if (last) tell(last.isIntersecting);
      },
      { rootMargin: `${MARGIN_PX}px` },
    );
    observer.observe(node);
    return () => observer.disconnect();
  };
}
