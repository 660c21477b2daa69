// A behaviour is loaded where its element stands on the page, also when that comes later.
const behaviours = {
  "copy-text": () => import("./elements/copy-text.js"),
  "live-part": () => import("./elements/live-part.js"),
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

// What is marked so opens above the page, by a script that comes when it is wanted; without one it
// is a page of its own.
async function openDialog(event) {
  const isMarked = (event.submitter ?? event.target).closest("[data-dialog]")
  const from = event.type === "submit" ? isMarked && event.target : event.target.closest("a[data-dialog]")
  const isOther = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey
  if (!from || isOther || event.defaultPrevented) return
  event.preventDefault()
  try {
    const { show } = await import("./elements/page-dialog.js")
    await show(from, event.submitter)
  } catch {
    // No connection, or a browser that cannot do it: the browser says so, or can without us.
    if (event.type !== "submit") return location.assign(from.href)
    isMarked.removeAttribute("data-dialog")
    from.requestSubmit(event.submitter)
  }
  countCart()
}
for (const kind of ["click", "submit"]) document.addEventListener(kind, openDialog)

// The number stands in a cookie, so that a page is the same for everybody.
function countCart() {
  const count = document.cookie.match(/\bcart_count=(\d+)/)?.[1] ?? ""
  for (const mark of document.querySelectorAll("[data-cart-count]")) {
    mark.textContent = count
    mark.hidden = !count
  }
}
countCart()
// Also on a page that the browser brings back as it was left.
addEventListener("pageshow", countCart)
