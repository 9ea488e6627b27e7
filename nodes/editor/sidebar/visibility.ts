/**
 * Tells whether an element can be seen, now and at each change: its tab is chosen, the sidebar open, and the page in
 * front. It goes by what the browser shows, since Node-RED 4.1 and 5 hide sidebars in different ways.
 */
export function watchVisibility(element: HTMLElement, onChange: (isVisible: boolean) => void): void {
  let isShown = false;
  let lastTold = false;
  const tell = (): void => {
    const isVisible = isShown && !document.hidden;
    if (isVisible === lastTold) return;
    lastTold = isVisible;
    onChange(isVisible);
  };
  new IntersectionObserver((entries) => {
    isShown = entries.at(-1)?.isIntersecting ?? false;
    tell();
  }).observe(element);
  document.addEventListener("visibilitychange", tell);
}
