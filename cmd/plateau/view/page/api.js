// Asking the server.

// An answer that is no answer: the server says why in words.
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
  } catch { /* the status has to do */ }
  const error = new Error(message);
  error.status = response.status;
  throw error;
}

export async function json(path, parameters, signal) {
  return (await answer(path, parameters, signal)).json();
}

// image returns a picture's address and what it is of, or nothing.
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

// packet returns a head with its arrays as typed arrays in data. Servers and
// browsers of today are little-endian both.
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

// latest makes a function that asks for one thing at a time; of what was wanted
// meanwhile only the last counts.
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

// report tells the user, in more words where the pointer rests.
export function report(message, title = "") {
  const state = document.getElementById("state");
  state.textContent = message;
  state.title = title;
}
