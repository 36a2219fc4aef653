// The emoji the picker offers, in the order people look for them.
const split = (text) => text.trim().split(/\s+/);

export const GROUPS = [
  { name: "Faces", list: split(`😀 😃 😄 😁 😆 😅 😂 🤣 🙂 😉 😊 😇 🥰 😍 🤩 😘 😋 😜 🤪 🤗 🤭 🤫 🤔 🫡 🤨 😐 😶 😏 😒 🙄 😬 😌
    😔 😪 😴 😷 🤒 🤕 🤢 🤧 🥵 🥶 😵 🤯 🥳 😎 🧐 😕 😟 🙁 😮 😲 😳 🥺 😦 😨 😰 😥 😢 😭 😱 😖 😞 😩 😤 😡 😠 🤬 💀`) },
  { name: "Hands and hearts", list: split(`👍 👎 👌 ✌️ 🤞 🤙 👏 🙌 🙏 🤝 💪 👋 👉 👈 👆 👇 ☝️ ✋ 🫶 ❤️ 🧡 💛 💚 💙 💜 🖤 🤍 💔 💯 ✨ 🔥 ⭐`) },
  { name: "Travel and places", list: split(`✈️ 🛫 🛬 🚆 🚇 🚌 🚕 🚗 🚲 🛵 ⛵ 🧳 🛂 🎫 🗺️ 📍 🏠 🏢 🏦 🏥 🏨 🏖️ 🏔️ 🌍 ☀️ 🌧️ ⛈️ ❄️ 🌈 🌙`) },
  { name: "Things", list: split(`📦 🚚 💳 💶 💷 💵 🧾 🪪 🔒 🔑 📱 💻 ☎️ 📷 🎧 📎 📄 📝 📅 ⏰ ⌛ 🎁 🎉 🛒 👕 👟 ☕ 🍕 🍎 🐶 🐱 🌹`) },
  { name: "Signs", list: split(`✅ ❌ ⚠️ ❓ ❗ ➡️ ⬅️ ⬆️ ⬇️ 🔄 ⏳ 🆗 🆘 🔴 🟢 🟡 🔵 🇬🇧 🇵🇹 🇪🇺 🇺🇸 🇧🇷 🇩🇪 🇫🇷 🇪🇸 🇮🇹 🇳🇬 🇯🇵 🇮🇳 🇨🇳 🇸🇦 🇿🇦`) },
];
