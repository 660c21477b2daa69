// Each line ends in a semicolon: without it the hashed name of a module is not put in here.
import "./elements/copy-text.js";
import "./elements/passkey-form.js";
import "./elements/password-reveal.js";
import "./elements/print-page.js";
import "./elements/photo-upload.js";
import "./elements/search-page.js";
import "./elements/steady-form.js";
