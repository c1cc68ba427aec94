// The checks of built decks in a browser: check(browser, folder, complain).
import {fit} from './fit.mjs';
import {keyboard} from './keyboard.mjs';
import {listening} from './listening.mjs';
import {phone} from './phone.mjs';
import {printed} from './printed.mjs';
import {speaker} from './speaker.mjs';
import {wishes} from './wishes.mjs';

export const checks = {
    fit,
    keyboard,
    listening,
    wishes,
    speaker,
    phone,
    printed
};
