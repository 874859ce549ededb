// Asking the server.

// answer returns the server's response, or throws an error with what the server
// says is wrong.
async function answer(path, parameters, signal) {
  const url = path + (parameters ? "?" + new URLSearchParams(parameters) : "");
  let response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("plateau view has ended");
  }
  if (response.ok) return response;
  let message = `${path}: ${response.status}`;
  try {
    message = (await response.json()).error || message;
  } catch { /* then the status has to suffice */ }
  const error = new Error(message);
  error.status = response.status;
  throw error;
}

export async function json(path, parameters, signal) {
  return (await answer(path, parameters, signal)).json();
}

// image returns the address and the kind of a picture, or null if there is none.
export async function image(path, parameters) {
  let response;
  try {
    response = await answer(path, parameters);
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
  return { kind: response.headers.get("Plateau-Image"), url: URL.createObjectURL(await response.blob()) };
}

const kinds = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array };

// packet returns a head, with its arrays as typed arrays in data. It relies on server
// and browser being little-endian, as all of today's are.
export async function packet(path, parameters, signal) {
  const buffer = await (await answer(path, parameters, signal)).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  head.data = {};
  for (const { name, type, length } of head.arrays) {
    head.data[name] = new kinds[type](buffer, at, length);
    at += Math.ceil((length * kinds[type].BYTES_PER_ELEMENT) / 4) * 4;
  }
  return head;
}

// latest makes a function that asks for one thing at a time. Of the requests that
// come meanwhile it keeps only the last.
export function latest(ask) {
  let busy = false, waiting = null;
  return async function want(...what) {
    if (busy) {
      waiting = what;
      return;
    }
    busy = true;
    try {
      await ask(...what);
    } catch (error) {
      if (error.name !== "AbortError") report(error.message);
    }
    busy = false;
    if (waiting) {
      const next = waiting;
      waiting = null;
      want(...next);
    }
  };
}

// report shows a message; its title is shown while the pointer rests on it.
export function report(message, title = "") {
  const state = document.getElementById("state");
  state.textContent = message;
  state.title = title;
}
