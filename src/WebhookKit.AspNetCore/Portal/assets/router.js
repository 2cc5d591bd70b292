// The route is in the fragment of the address, so that what one sees can be linked to.
import { useEffect, useState } from './html.js';

export function href(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== ''));
  const parts = path.map(encodeURIComponent).join('/');
  return `#/${parts}${search.size > 0 ? `?${search}` : ''}`;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function read() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return { path: path.split('/').filter(Boolean).map(decoded), query: Object.fromEntries(new URLSearchParams(query)) };
}

export function go(path, query) {
  location.hash = href(path, query);
}

// Filters change the address, yet each change is no step of its own for the browser's back button.
export function replaceQuery(path, query) {
  history.replaceState(null, '', href(path, query));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useRoute() {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const follow = () => setRoute(read());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}
