"""30 further kinds of series that people have: prices, machines that are on and off, jobs, counters, coarse sensors.

Written after the detectors, to see what the first 33 do not ask; judged by the same rules (judge.py). Those that fail
are said in docs/detection.md, with the reason.
"""
import math

from judge import MIN, T0, main, poisson, series

HOUR = 60 * MIN
TEN = 10 * MIN


def wave(i, period, middle, height):
    return middle + height * math.sin(2 * math.pi * i / period)


def price_walks(r):
    xs, price = [], 100.0
    for _ in range(5000):
        price *= math.exp(r.gauss(0, 0.001))
        xs.append(round(price, 2))
    xs[4000] = round(xs[4000] * 1.08, 2)
    return {"pts": series(xs), "events": [("wrong price", 4000, 4001, "A")], "allow": [(0, 199)], "kinds": ("spike",)}


def price_is_split(r):
    xs, price = [], 100.0
    for i in range(4000):
        price *= math.exp(r.gauss(0, 0.002))
        xs.append(round(price / (2 if i >= 3000 else 1), 2))
    return {"pts": series(xs), "events": [("split", 3000, 3010, "A")], "allow": [(0, 199), (3011, 3100)],
            "kinds": ("shift",)}


def backup_does_not_run(r):
    day = 96
    xs = [r.gauss(80, 5) if i % day in (8, 9, 10) and i // day != 25 else r.gauss(5, 0.5) for i in range(30 * day)]
    at = 25 * day + 8
    return {"pts": series(xs, 15 * MIN), "events": [("no backup", at, at + 8, "ADL")],
            "allow": [(0, 7 * day), (at + 9, at + 20)]}


def fridge_defrosts(r):
    xs = []
    for i in range(6000):
        value = wave(i, 30, 4, 0.8) + r.gauss(0, 0.1)
        if i % 360 < 12:
            value += 6 * math.exp(-((i % 360 - 5) ** 2) / 12)
        if i >= 5000:
            value += min(12, (i - 5000) * 0.1)
        xs.append(round(value, 1))
    return {"pts": series(xs), "events": [("door left open", 5000, 5060, "ADL")], "allow": [(0, 1200), (5061, 5999)],
            "eps": 3}


def disk_fills_faster(r):
    xs, used = [], 40.0
    for i in range(4000):
        used += 0.064 if i >= 3200 else 0.004
        xs.append(round(used + r.gauss(0, 0.05), 2))
    return {"pts": series(xs), "events": [("16 times faster", 3200, 3260, "ADL")], "allow": [(0, 199), (3261, 3999)],
            "eps": 4}


def disk_is_cleared(r):
    xs, used = [], 20.0
    for _ in range(6000):
        used += r.uniform(0.05, 0.15)
        if used > 80:
            used = 20.0
        xs.append(round(used, 2))
    return {"pts": series(xs), "allow": [(0, 2000)], "quiet": {"A": 2.0}}


def traffic_at_night(r):
    xs, day = [], 144
    for i in range(21 * day):
        hour = i % day / 6
        xs.append(poisson(r, max(0, 60 * math.sin(math.pi * (hour - 7) / 15)) if 7 <= hour <= 22 else 0))
    at = 18 * day + 18
    xs[at:at + 4] = [40] * 4
    return {"pts": series(xs, TEN), "events": [("at 3 in the night", at, at + 4, "ADL")],
            "allow": [(0, 7 * day), (at + 5, at + 30)]}


def burst_of_errors(r):
    xs = [poisson(r, 12 if 3000 <= i < 3020 else 0.3) for i in range(4000)]
    return {"pts": series(xs), "events": [("12 a minute", 3000, 3008, "ADL")], "allow": [(0, 199), (3009, 3120)]}


def noise_is_gone(r):
    xs = [r.gauss(20, 1 if i < 3000 else 0.1) for i in range(4000)]
    return {"pts": series(xs), "events": [("a tenth of the noise", 3000, 3200, "ADL")], "allow": [(0, 199), (3201, 3400)],
            "kinds": ("spread", "stuck"), "eps": 2}


def loop_begins_to_swing(r):
    xs = [wave(i, 12, 50, 5 if i >= 3000 else 0) + r.gauss(0, 1) for i in range(3800)]
    return {"pts": series(xs), "events": [("swings", 3000, 3100, "ADL")], "allow": [(0, 199), (3101, 3799)],
            "kinds": ("spread", "pattern"), "eps": 2}


def wave_stops(r):
    xs = [wave(i, 60, 50, 5 if i < 3000 else 0) + r.gauss(0, 0.4) for i in range(3600)]
    return {"pts": series(xs), "events": [("no wave", 3000, 3150, "ADL")], "allow": [(0, 300), (3151, 3400)], "eps": 2}


def beats(r, starts, points):
    xs = [r.gauss(0, 0.03) for _ in range(points)]
    for at in starts:
        for k, height in enumerate((0.4, 0.9, 0.4)):
            xs[at + k] += height
    return xs


def beat_is_missing(r):
    xs = beats(r, [at for at in range(40, 7990, 80) if at != 85 * 80 + 40], 8000)
    at = 85 * 80 + 40
    return {"pts": series(xs, 10), "events": [("missing", at, at + 12, "ADL")], "allow": [(0, 800), (at + 13, at + 90)]}


def beat_is_early(r):
    early = 85 * 80 + 10
    xs = beats(r, list(range(40, 85 * 80, 80)) + list(range(early, 7990, 80)), 8000)
    return {"pts": series(xs, 10), "events": [("early", early, early + 12, "ADL")],
            "allow": [(0, 800), (early + 13, early + 200)]}


def away_and_elsewhere(r):
    pts = [{"ts": T0 + i * MIN + (6 * HOUR if i >= 2000 else 0), "value": round(r.gauss(26 if i >= 2000 else 20, 0.5), 2)}
           for i in range(3000)]
    return {"pts": pts, "events": [("six hours later, higher", 2000, 2030, "ADL")], "allow": [(0, 199), (2031, 2100)],
            "eps": 2}


def higher_for_a_while(r):
    xs = [r.gauss(16 if 2000 <= i < 2300 else 10, 1) for i in range(4000)]
    return {"pts": series(xs), "events": [("up", 2000, 2040, "ADL"), ("back", 2300, 2340, "ADL")],
            "allow": [(0, 199), (2041, 2060), (2341, 2360)], "need": 0.5, "kinds": ("shift",)}


def halves_of_a_degree(r):
    xs = [round(r.gauss(21, 0.3) * 2) / 2 for _ in range(3000)]
    xs[2000], xs[2500] = 25.0, 17.0
    return {"pts": series(xs), "events": [("four up", 2000, 2001, "ADL"), ("four down", 2500, 2501, "ADL")],
            "allow": [(0, 199)], "kinds": ("spike",)}


def far_from_zero(r):
    xs = [1.7e9 + r.gauss(0, 1) for _ in range(3000)]
    xs[2000] += 12
    return {"pts": series(xs), "events": [("twelve sigma", 2000, 2001, "ADL")], "allow": [(0, 199)], "kinds": ("spike",)}


def battery_loses_a_cell(r):
    xs = [round(4.2 - 0.00015 * i - (0.15 if i >= 3000 else 0) + r.gauss(0, 0.004), 3) for i in range(5000)]
    return {"pts": series(xs), "events": [("a cell", 3000, 3010, "ADL")], "allow": [(0, 199), (3011, 3100)]}


def one_against_the_other(r):
    pts = []
    for i in range(4000):
        inside = r.gauss(50, 8)
        outside = (inside if 3000 <= i < 3100 else 100 - inside) + r.gauss(0, 1)
        pts.append({"ts": T0 + i * MIN, "values": {"in": round(inside, 2), "out": round(outside, 2)}})
    return {"pts": pts, "events": [("now with it", 3000, 3099, "ADL")], "allow": [(0, 199), (3100, 3250)],
            "kinds": ("relation",)}


def weekly_job(r):
    xs = [r.gauss(50 if i % 168 in (50, 51, 52) else 10, 1) for i in range(14 * 168)]
    return {"pts": series(xs, HOUR), "allow": [(0, 5 * 168)], "quiet": {"A": 2.5}}


def points_when_they_come(r):
    pts, ts = [], T0
    for _ in range(4000):
        ts += int(r.expovariate(1 / 30000)) + 1
        pts.append({"ts": ts, "value": round(wave(ts - T0, 24 * HOUR, 100, 20) + r.gauss(0, 2), 2)})
    pts[3500]["value"] += 40
    return {"pts": pts, "events": [("spike", 3500, 3501, "ADL")], "allow": [(0, 199)], "kinds": ("spike",)}


def on_and_off(r):
    xs, is_on = [], False
    while len(xs) < 5000:
        xs += [r.gauss(30 if is_on else 10, 1) for _ in range(r.randint(20, 80))]
        is_on = not is_on
    xs[4000] = 60
    return {"pts": series(xs[:5000]), "events": [("higher than on", 4000, 4001, "ADL")], "allow": [(0, 800)],
            "quiet": {"A": 5.0}, "need": 0.5}


def backlog_grows(r):
    xs, waiting = [], 0
    for i in range(4000):
        waiting = max(0, waiting + poisson(r, 10) - poisson(r, 12 if i < 3000 else 9))
        xs.append(waiting)
    return {"pts": series(xs), "events": [("grows", 3000, 3150, "ADL")], "allow": [(0, 199), (3151, 3999)], "eps": 4}


def door_stays_open(r):
    xs = []
    while len(xs) < 5000:
        xs += [0] * r.randint(20, 120) + [1] * r.randint(1, 4)
    xs[4000:4300] = [1] * 300
    return {"pts": series(xs[:5000], 10000), "events": [("left open", 4000, 4060, "ADL")],
            "allow": [(0, 500), (4061, 4420)]}


def orders_fall(r):
    day = 288
    xs = [wave(i, day, 1000, 600) + r.gauss(0, 25) for i in range(14 * day)]
    at = 11 * day + 72
    for i in range(at, at + 8):
        xs[i] -= 500
    return {"pts": series(xs, 5 * MIN), "events": [("at the crest", at, at + 6, "ADL")],
            "allow": [(0, 3 * day), (at + 7, at + 60)]}


def long_tail(r):
    xs = [round(r.paretovariate(2.5) * 10, 1) for _ in range(6000)]
    return {"pts": series(xs), "allow": [(0, 300)], "quiet": {"A": 4}}


def inverter_is_off(r):
    day, xs, cloud, sun = 144, [], 1.0, 1.0
    for i in range(30 * day):
        if i % day == 0:
            sun = r.uniform(0.4, 1)
        hour = i % day / 6
        cloud = 0.8 * cloud + 0.2 * r.uniform(0.5, 1.2)
        xs.append(round(5000 * max(0, math.sin(math.pi * (hour - 6) / 12)) * sun * cloud) if 6 <= hour <= 18 else 0)
    at = 26 * day + 60
    xs[at:at + 36] = [0] * 36
    return {"pts": series(xs, TEN), "events": [("off by day", at, at + 20, "ADL")],
            "allow": [(0, 7 * day), (at + 21, at + 200)], "quiet": {"A": 3}}


def bearing_wears(r):
    xs = [r.gauss(0, 1 + max(0, i - 2000) / 1000) for i in range(5000)]
    return {"pts": series(xs), "events": [("more and more", 2000, 3500, "ADL")], "allow": [(0, 199), (3501, 4999)],
            "kinds": ("spread", "trend"), "eps": 3}


def level_under_a_wave(r):
    day = 144
    at = 18 * day + 40
    xs = [wave(i, day, 50, 20) + r.gauss(0, 1.5) + (12 if i >= at else 0) for i in range(24 * day)]
    return {"pts": series(xs, TEN), "events": [("higher", at, at + 40, "ADL")],
            "allow": [(0, 4 * day), (at + 41, at + 2 * day)], "kinds": ("shift", "trend", "pattern"), "eps": 2}


def between_two_modes(r):
    xs = [r.gauss(r.choice((10, 30)), 0.5) for _ in range(5000)]
    for i in range(4000, 4010):
        xs[i] = r.gauss(20, 0.5)
    return {"pts": series(xs), "events": [("where none ever is", 4000, 4009, "ADL")], "allow": [(0, 500), (4010, 4050)]}


def share_of_errors(r):
    xs = []
    for i in range(4000):
        asked = poisson(r, 400)
        xs.append(round(poisson(r, 60 if 3000 <= i < 3020 else 0.6) / asked, 4))
    return {"pts": series(xs), "events": [("one in seven fails", 3000, 3008, "AL")], "allow": [(0, 199), (3009, 3040)]}


def tank_is_filled(r):
    xs, level = [], 40.0
    for i in range(5000):
        level -= 0.02 + r.gauss(0, 0.005)
        if level < 28 and i < 4000:
            level += r.gauss(14, 1)
        xs.append(round(level + r.gauss(0, 0.15), 1))
    return {"pts": series(xs, TEN), "events": [("runs dry", 4000, 4999, "ADL")], "allow": [(0, 1300)], "eps": 3,
            "quiet": {"A": 15}}     # nine at each filling


def codes_come_thick(r):
    xs = [0 if r.random() < (0.0005 if i < 3500 else 0.3) else round(r.gauss(230, 2), 1) for i in range(5000)]
    return {"pts": series(xs), "events": [("every third is nought", 3500, 3560, "AL")],
            "allow": [(0, 300), (3561, 3700)], "quiet": {"A": 4}, "eps": 3, "caps": [("in all", 3500, 4999, "AL", 12)]}


def memory_is_collected(r):
    xs, used, top = [], 300.0, 800.0
    for i in range(6000):
        used += r.gauss(2.5, 0.8)
        if i < 5000 and used > top:
            used, top = r.gauss(320, 15), r.gauss(800, 15)
        xs.append(round(used, 1))
    return {"pts": series(xs, 10000), "events": [("never given back", 5000, 5400, "ADL")],
            "allow": [(0, 800), (5401, 5999)], "eps": 3}


def crowd_at_night(r):
    day, xs = 288, []
    at = 18 * day + 210
    for i in range(21 * day):
        usual = wave(i, day, 500, 400) * (0.6 if (i // day) % 7 in (5, 6) else 1)
        xs.append(poisson(r, 600 if at <= i < at + 6 else usual))
    return {"pts": series(xs, 5 * MIN), "events": [("crowd", at, at + 8, "AL")], "allow": [(0, 7 * day), (at + 9, at + 60)]}


def meter_counts(r):
    day, xs, count = 96, [], 10000.0
    at = 25 * day + 20
    for i in range(30 * day):
        count += (max(0.05, wave(i, day, 0.4, 0.3) + r.gauss(0, 0.05)) + (1.5 if i >= at else 0)) / 4
        xs.append(round(count, 3))
    return {"pts": series(xs, 15 * MIN), "events": [("heater stays on", at, at + 40, "ADL")],
            "allow": [(0, 4 * day), (at + 41, 30 * day)], "eps": 2}


def beat_is_odd(r):
    xs, at = [], 0
    while len(xs) < 8000:
        is_odd = not at and len(xs) > 6000
        if is_odd:
            at = len(xs)
        for j in range(80 + r.randrange(-2, 3)):
            value = (0.9 * math.exp(-((j - 35) ** 2) / 90) - 1.2 * math.exp(-((j - 15) ** 2) / 40) if is_odd else
                     0.3 * math.exp(-((j - 45) ** 2) / 60) + 1.5 * math.exp(-((j - 20) ** 2) / 4))
            xs.append(round(value + r.gauss(0, 0.03), 3))
    return {"pts": series(xs, 10), "events": [("of another shape", at, at + 80, "AL")],
            "allow": [(0, 1600), (at + 81, at + 200)], "eps": 2}


def burner_fails(r):
    xs, room, on = [], 20.0, False
    for i in range(6000):
        on = i < 5000 and (room < 19.5 or (on and room <= 20.5))
        room = max(6, room + (0.12 if on else -0.05) * r.uniform(0.7, 1.3))
        xs.append(round(room, 1))
    return {"pts": series(xs), "events": [("grows cold", 5000, 5060, "ADL")], "allow": [(0, 400), (5061, 5999)], "eps": 3}


def fan_fails(r):
    xs, load, heat = [], 0.2, 45.0
    for i in range(6000):
        if r.random() < 0.01:
            load = r.choice((0.1, 0.3, 0.6, 0.9))
        heat += (30 + (45 if i < 5000 else 75) * load - heat) * 0.05
        xs.append(round(heat + r.gauss(0, 0.3)))
    return {"pts": series(xs, 5000), "events": [("hotter than ever", 5000, 5400, "ADL")],
            "allow": [(0, 600), (5401, 5999)], "eps": 3}


def wheel_turns_faster(r):
    xs, angle = [], 0.0
    for i in range(6000):
        angle += 2 * math.pi / (60 if i < 4500 else 42)
        xs.append(round(10 + 4 * math.sin(angle) + r.gauss(0, 0.2), 2))
    return {"pts": series(xs, 1000), "events": [("faster", 4500, 4620, "ADL")], "allow": [(0, 400), (4621, 4900)], "eps": 3}


def price_below_nought(r):
    xs = []
    for i in range(24 * 90):
        xs.append(round(wave(i, 24, 60, 25) + r.gauss(0, 6) - (70 if i % 24 in (12, 13, 14) and r.random() < 0.1 else 0), 2))
    at = 24 * 80 + 3
    xs[at] = 450.0
    return {"pts": series(xs, HOUR), "events": [("450", at, at + 1, "A")], "allow": [(0, 24 * 8)], "quiet": {"A": 14}}


def meter_leaks(r):
    xs, tap = [], 0
    for i in range(8000):
        if tap == 0 and r.random() < 0.02:
            tap = r.randrange(1, 6)
        elif tap > 0:
            tap -= 1
        xs.append(round((r.uniform(3, 12) if tap > 0 else 0) + (0.6 if i >= 6500 else 0), 1))
    return {"pts": series(xs), "events": [("never nought", 6500, 6560, "AL")], "allow": [(0, 600), (6561, 7999)],
            "quiet": {"A": 10}, "eps": 2}


CASES = [(case.__name__, "", "", case) for case in (
    price_walks, price_is_split, backup_does_not_run, fridge_defrosts, disk_fills_faster, disk_is_cleared,
    traffic_at_night, burst_of_errors, noise_is_gone, loop_begins_to_swing, wave_stops, beat_is_missing, beat_is_early,
    away_and_elsewhere, higher_for_a_while, halves_of_a_degree, far_from_zero, battery_loses_a_cell,
    one_against_the_other, weekly_job, points_when_they_come, on_and_off, backlog_grows, door_stays_open, orders_fall,
    long_tail, inverter_is_off, bearing_wears, level_under_a_wave, between_two_modes,
    share_of_errors, tank_is_filled, codes_come_thick, memory_is_collected, crowd_at_night, meter_counts, beat_is_odd,
    burner_fails, fan_fails, wheel_turns_faster, price_below_nought, meter_leaks)]

if __name__ == "__main__":
    main(CASES)
