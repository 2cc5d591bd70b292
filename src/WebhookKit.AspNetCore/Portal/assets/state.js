// What views share: loading, polling, and words for those who do not see the page.
import { useCallback, useEffect, useRef, useState } from './html.js';

// Loads when the keys change. An answer that comes too late is dropped.
export function useLoad(load, keys) {
  const [state, setState] = useState({ isLoading: true });
  const latest = useRef(0);
  const run = useCallback(async (quietly) => {
    const number = ++latest.current;
    if (!quietly) setState((old) => ({ ...old, isLoading: true, fault: undefined }));
    let next;
    try {
      next = { value: await load() };
    } catch (fault) {
      next = { fault };
    }

    if (number === latest.current) {
      // What has been seen stays, with a word that it is not fresh.
      setState((old) => (quietly && next.fault && old.value !== undefined ? { ...old, trouble: next.fault, isLoading: false } : { ...next, isLoading: false }));
    }
  }, keys);
  useEffect(() => {
    run(false);
    return () => { latest.current++; };
  }, [run]);
  const set = useCallback((value) => {
    latest.current++;
    setState({ value, isLoading: false });
  }, []);
  return { ...state, reload: useCallback(() => run(true), [run]), retry: useCallback(() => run(false), [run]), set };
}

// Calls again and again while somebody can see the page, each time a while after the last call has ended.
export function usePolling(call, everyMs, isActive) {
  const current = useRef(call);
  current.current = call;
  useEffect(() => {
    if (!isActive) return undefined;
    let timer;
    let isOver = false;
    const wait = () => { if (!isOver && !document.hidden) timer = setTimeout(poll, everyMs); };
    const poll = async () => {
      clearTimeout(timer);
      await current.current();
      wait();
    };
    const look = () => {
      clearTimeout(timer);
      if (!document.hidden) poll();
    };
    document.addEventListener('visibilitychange', look);
    wait();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [everyMs, isActive]);
}

// Waits for the end of typing.
export function useSettled(value, ms = 300) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

// Says something to screen readers. The same words twice in a row are said twice.
export function announce(words) {
  const region = document.getElementById('polite');
  region.textContent = '';
  setTimeout(() => { region.textContent = words; }, 50);
}
