// A behaviour is loaded where its element stands on the page, also when that comes later.
const behaviours = {
  "copy-text": () => import("./elements/copy-text.js"),
  "passkey-form": () => import("./elements/passkey-form.js"),
  "password-reveal": () => import("./elements/password-reveal.js"),
  "photo-upload": () => import("./elements/photo-upload.js"),
  "print-page": () => import("./elements/print-page.js"),
  "search-page": () => import("./elements/search-page.js"),
  "steady-form": () => import("./elements/steady-form.js"),
}

function load() {
  for (const name in behaviours) {
    if (!document.querySelector(name)) continue
    behaviours[name]()
    delete behaviours[name]
  }
}

load()
new MutationObserver(load).observe(document.body, { childList: true, subtree: true })
