// The emoji one can choose from, by groups: each with the words it is found by; the first is its :code:.
import { local, t } from "./base.js";

const GROUPS = [
  [() => t("Smileys"), `😀grinning 😃smiley,happy 😄smile,happy 😁beaming 😆squint_laugh 😅sweat_smile,phew 🤣rofl,laugh 😂joy,laugh,tears
    🙂slight_smile 🙃upside_down 😉wink 😊blush 😇angel 🥰adore,love 😍heart_eyes,love 🤩starstruck 😘kiss 😗kissing
    😚kissing_closed_eyes 😙kissing_smiling_eyes 🥲smiling_tear 😋yum,delicious 😛tongue 😜winking_tongue 🤪zany
    😝squinting_tongue 🤑money_mouth 🤗hug 🤭giggle,oops 🤫shush,quiet 🤔thinking,hmm 🤐zipper_mouth 🤨doubt,eyebrow
    😐neutral 😑expressionless 😶speechless 😏smirking 😒unamused 🙄eye_roll 😬grimace 🤥lying 😌relieved 😔pensive 😪sleepy
    🤤drooling 😴sleeping 😷mask,sick 🤒thermometer_face,ill 🤕head_bandage 🤢nauseated 🤮open_mouth_vomiting 🤧sneezing
    🥵overheated 🥶freezing 🥴woozy 😵dizzy_face 🤯mind_blown 🤠cowboy_hat 🥳partying 🥸disguised 😎sunglasses,cool 🤓nerd
    🧐monocle 😕confused 😟worried 🙁slight_frown ☹️frowning 😮open_mouth,wow 😯hushed 😲astonished 😳flushed 🥺pleading
    😦aghast 😧anguished 😨fearful 😰open_mouth_cold 😥disappointed_but_relieved 😢cry,sad 😭sob,cry 😱scream 😖confounded
    😣persevering 😞disappointed 😓cold_sweat 😩weary 😫tired 🥱yawning 😤huff 😡rage,red_face 😠angry,cross,mad 🤬swearing
    😈smiling_horns 💀skull 💩poop 🤡clown 👻ghost 👽extraterrestrial_alien 🤖robot,bot 😺smiling_cat_open
    😸grinning_cat_smiling 😹cat_tears_joy 😻smiling_cat_heart 😼cat_wry_smile 😽kissing_cat_closed 🙀weary_cat
    😿crying_cat 😾pouting_cat 🙈see_no_evil 🙉hear_no_evil 🙊speak_no_evil`],
  [() => t("Hands and people"), `👋wave,hello,bye 🤚raised_back 🖐️raised_fingers_splayed ✋raised 🖖raised_part_between 👌ok_hand 🤌pinched_fingers
    🤏pinching ✌️victory,peace 🤞fingers_crossed,luck 🤟i_love_you 🤘horns 🤙call_me 👈point_left 👉point_right 👆point_up_2
    👇point_down ☝️point_up 👍+1,thumbsup,yes,ok 👎-1,thumbsdown,no ✊raised_fist 👊fisted 🤛left_facing_fist
    🤜right_facing_fist 👏clap,bravo 🙌raising_both_hands 👐open_hands 🤲palms_up_together 🤝handshake,deal
    🙏pray,thanks,please ✍️writing 💅nail_polish 🤳selfie 💪muscle,strong 👂ear 👃nose 👀eyes,look 👁️eye 👄mouth 🦷tooth
    🧠brain 👶baby 🧒child 👦boy 👧girl 🧑adult 👨man 👩woman 🧓older_adult 👴older_man 👵older_woman 🙍frowning_person
    🙎pouting_person 🙅no_good_gesture 🙆ok_gesture 💁information_desk 🙋raising_hand 🧏deaf 🙇bowing_deeply 🤦facepalm
    🤷shrug 👮police_officer 👷construction_worker 🤴prince 👸princess 👰bride_veil 🤵man_tuxedo 🤰pregnant_woman
    🎅father_christmas 🦸superhero 🧙mage 🚶pedestrian 🏃runner 💃dancer 🕺man_dancing 🧘lotus_position 🛀bath
    🛌sleeping_accommodation 👪family 👣footprints`],
  [() => t("Hearts and signs"), `❤️heart,love 🧡orange_heart 💛yellow_heart 💚green_heart 💙blue_heart 💜purple_heart 🤎brown_heart 🖤black_heart
    🤍white_heart 💔broken_heart ❣️heart_exclamation_mark 💕two_hearts 💞revolving_hearts 💓beating_heart 💗growing_heart
    💖sparkling_heart 💘heart_arrow 💝heart_ribbon 💟heart_sign 💋kiss_mark 💯100,hundred 💢anger 💥collision 💫dizzy
    💦splashing_sweat 💨dash 🕳️hole 💬speech_balloon 💭thought_balloon 💤zzz,sleep ✅check,done,yes ☑️ballot_box_check
    ✔️check_mark ❌x,no,wrong ❎negative_squared_cross ➕plus ➖minus ➗division ✖️multiplication_x ❓question
    ❔white_question ❗exclamation ❕white_exclamation ‼️double_exclamation_mark ⁉️exclamation_question_mark ⚠️warning
    🚫forbidden ⛔no_entry,stop 🔞no_one_under ♻️universal_recycling 🔴large_red_circle 🟠large_orange_circle
    🟡large_yellow_circle 🟢large_green_circle 🔵large_blue_circle 🟣large_purple_circle ⚫black_circle ⚪white_circle
    🔺up_pointing_red 🔻down_pointing_red 🔔bell 🔕bell_cancellation_stroke 🎵musical_note 🎶multiple_musical_notes
    🏧automated_teller_machine ♿wheelchair 🆗ok 🆕squared_new 🆓squared_free 🆒squared_cool 🔝top_upwards_arrow
    🔜soon_rightwards_arrow 🔙back_leftwards_arrow 🔚end_leftwards_arrow 🏁chequered_flag 🚩triangular_flag_on`],
  [() => t("Animals and nature"), `🐶dog 🐱cat 🐭mouse 🐹hamster 🐰rabbit 🦊fox 🐻bear 🐼panda 🐨koala 🐯tiger 🦁lion 🐮cow 🐷pig 🐸frog 🐵monkey 🐔chicken
    🐧penguin 🐦bird 🐤baby_chick 🦆duck 🦅eagle 🦉owl 🦇bat 🐺wolf 🐴horse 🦄unicorn 🐝honeybee 🐛bug 🦋butterfly 🐌snail
    🐞lady_beetle 🐜ant 🕷️spider 🐢turtle 🐍snake 🐙octopus 🦑squid 🦐shrimp 🦀crab 🐟fish 🐬dolphin 🐳spouting_whale 🦈shark
    🐘elephant 🐪dromedary_camel 🦒giraffe 🐄cow_body 🐑sheep 🐐goat 🐕dog_body 🐈cat_body 🐾paw_prints 🌵cactus
    🎄christmas_tree 🌲evergreen_tree 🌳deciduous_tree 🌴palm_tree 🌱seedling 🌿herb 🍀four_leaf_clover 🍁maple_leaf
    🍂fallen_leaf 🍄mushroom 🌷tulip 🌹rose 🌺hibiscus 🌸cherry_blossom 🌻sunflower 🌞sun 🌝full_moon 🌙crescent_moon ⭐star
    🌟glowing_star ✨sparkles ⚡high_voltage ☀️sun_rays ⛅sun_behind_cloud ☁️cloud 🌧️cloud_rain 🌩️cloud_lightning
    ❄️snowflake ⛄snowman_without_snow 🔥fire,hot 🌈rainbow 💧droplet 🌊water_wave 🌍earth_globe_europe`],
  [() => t("Food and drink"), `🍏green_apple 🍎red_apple 🍐pear 🍊tangerine 🍋lemon 🍌banana 🍉watermelon 🍇grapes 🍓strawberry 🍒cherries 🍑peach 🥭mango
    🍍pineapple 🥥coconut 🥝kiwifruit 🍅tomato 🥑avocado 🍆aubergine 🥔potato 🥕carrot 🌽ear_maize 🌶️hot_pepper 🥒cucumber
    🥦broccoli 🧄garlic 🧅onion 🍞bread 🥐croissant 🥖baguette_bread 🧀cheese_wedge 🥚egg 🍳cooking 🥓bacon 🥩cut_meat
    🍗poultry_leg 🍔hamburger 🍟french_fries 🍕slice_pizza 🌭hot_dog 🥪sandwich 🌮taco 🥗green_salad 🍝spaghetti
    🍜steaming_bowl 🍲pot_food 🍣sushi 🍱bento_box 🍙rice_ball 🍚cooked_rice 🍦soft_ice_cream 🍰shortcake 🎂cake,birthday
    🧁cupcake 🍫chocolate_bar 🍬candy 🍭lollipop 🍪cookie 🍿popcorn 🍯honey_pot 🥛glass_milk ☕coffee 🍵teacup_without_handle
    🥤cup_straw 🍺beer 🍻clinking_beer_mugs 🥂clinking_glasses 🍷wine_glass 🥃tumbler_glass 🍸cocktail_glass
    🍹tropical_drink 🍾bottle_popping_cork 🍴fork_knife`],
  [() => t("Travel and activities"), `🚗automobile 🚕taxi 🚌bus 🚓police_car 🚑ambulance 🚒fire_engine 🚚delivery_truck 🚜tractor 🚲bicycle 🛵motor_scooter
    🏍️racing_motorcycle 🚆train 🚇metro 🚄high_speed_train ✈️plane,flight,airplane 🛫airplane_departure
    🛬airplane_arriving 🚁helicopter 🚀rocket 🛸flying_saucer ⛵sailboat 🚢ship ⚓anchor ⛽fuel_pump 🚦vertical_traffic_light
    🗺️world_map 🗽statue_liberty 🗼tokyo_tower 🏰european_castle 🏟️stadium 🏖️beach_umbrella 🏝️desert_island
    🏔️snow_capped_mountain ⛺tent 🏠house_building 🏡house_garden 🏢office_building 🏥hospital 🏦bank 🏨hotel
    🏪convenience_store 🏫school 🏭factory ⛪church 🌆cityscape_at_dusk 🌅sunrise 🎆fireworks 🎇firework_sparkler
    🎉tada,party 🎊confetti_ball 🎈balloon 🎁gift,present 🎀ribbon 🏆trophy 🥇first_place_medal 🥈second_place_medal
    🥉third_place_medal ⚽soccer_ball 🏀basketball_hoop 🏈american_football ⚾baseball 🎾tennis_racquet_ball 🏐volleyball
    🏉rugby_football 🎱billiards 🏓table_tennis_paddle 🏸badminton_racquet_shuttlecock ⛳flag_hole 🎣fishing_pole_fish
    🥊boxing_glove 🎿ski_boot 🏂snowboarder 🏄surfer 🏊swimmer 🚴bicyclist 🎯direct_hit 🎮video_game 🎲game_die
    🧩jigsaw_puzzle_piece 🎭performing_arts 🎨artist_palette 🎬clapper_board 🎤microphone 🎧headphone 🎸guitar
    🎹musical_keyboard 🎺trumpet 🎻violin`],
  [() => t("Objects"), `⌚watch 📱mobile_phone 💻personal_computer 🖥️desktop_computer 🖨️printer 🖱️three_mouse 💾floppy_disk 💿optical_disc
    📷camera 📹video_camera 🎥movie_camera ☎️telephone 📞phone,call 📺television 📻radio ⏰alarm ⏳hourglass_flowing_sand
    💡bulb,idea 🔦electric_torch 🕯️candle 🗑️wastebasket 💸money_wings 💵banknote_dollar 💶banknote_euro 💷banknote_pound
    💰money_bag 💳card,credit_card 🧾receipt 💎gem_stone 🔧wrench 🔨hammer 🛠️hammer_wrench 🔩nut_bolt 🧲magnet 🔫pistol 💣bomb
    🔪hocho 🛡️shield 🔮crystal_ball 💊pill 💉syringe 🩹adhesive_bandage 🌡️thermometer 🧹broom 🧻roll_paper 🚿shower 🛁bathtub
    🔑key 🗝️old_key 🚪door 🪑chair 🛏️bed 🧸teddy_bear 🖼️frame_picture 🛍️shopping_bags 🛒shopping_trolley ✉️envelope
    📩envelope_downwards_arrow 📧e_mail 📦package,parcel 📫closed_mailbox_raised 📬open_mailbox_raised 📝memo
    📄page_facing_up 📅calendar,date 📆tear_off_calendar 📈chart_upwards_trend 📉chart_downwards_trend 📊bar_chart
    📋clipboard 📌pushpin 📍round_pushpin 📎paperclip ✂️scissors 🔒lock,secure 🔓open_lock 🔍left_pointing_magnifying
    🔎right_pointing_magnifying 📚books 📖open_book 🔖bookmark 🗞️rolled_up_newspaper 🏷️label ✏️pencil
    🖊️lower_left_ballpoint 🌐globe_meridians`],
];

/** Those that come in skin tones. */
const TONED = new Set([...`👋🤚🖐✋🖖👌🤌🤏✌🤞🤟🤘🤙👈👉👆👇☝👍👎✊👊🤛🤜👏🙌👐🤲🙏✍💅🤳💪👂👃👶🧒👦👧🧑👨👩🧓👴👵🙍🙎🙅🙆💁🙋🧏🙇🤦🤷👮👷🤴👸👰🤵🤰🎅🦸🧙🚶🏃💃🕺🧘🛀🏂🏄🏊🚴`]);
const TONES = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"];

const entry = (text) => {
  const [, sign, words] = /^([^\w+-]+)(.+)$/u.exec(text);
  return { sign, code: words.split(",")[0], words: words.replaceAll(/[,_]/g, " ") };
};
/** [{name, all: [{sign, code, words}]}] */
export const groups = GROUPS.map(([name, text]) => ({ name, all: text.split(/\s+/).map(entry) }));
export const everything = groups.flatMap(({ all }) => all);

const OWN = "parley:emoji"; // {tone: 0…5, recent: [code]} of this browser
const own = () => ({ tone: 0, recent: [], ...local.get(OWN) });
export const tone = () => own().tone;
export const setTone = (number) => local.set(OWN, { ...own(), tone: number });
export const recent = () => own().recent.map((code) => everything.find((one) => one.code === code)).filter(Boolean);

/** An emoji in this person's skin tone, where it has one. */
export function toned({ sign }, number = tone()) {
  const bare = sign.replace("\ufe0f", "");
  return number && TONED.has(bare) ? bare + TONES[number] : sign;
}

/** Remember that it was used; returns what is to be written. */
export function used(one) {
  local.set(OWN, { ...own(), recent: [one.code, ...own().recent.filter((code) => code !== one.code)].slice(0, 16) });
  return toned(one);
}
