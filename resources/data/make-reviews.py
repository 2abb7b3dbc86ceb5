"""Writes reviews.csv: 320 short reviews put together from phrases that were written for it. Nothing in it is about a real place or thing."""
import csv, random
from pathlib import Path

things = {
    "restaurant": {"good": ["The soup was hot and full of flavour", "Our waiter remembered every wish", "Best bread I have eaten in years", "The terrace is lovely in the evening", "We waited five minutes, no more", "Huge portions for a fair price", "The fish tasted of the sea", "They cooked without nuts for my daughter and it was delicious"],
                   "bad": ["The soup arrived cold", "Our waiter forgot half of the order", "The bread was stale", "The terrace smells of the road", "We waited an hour for a salad", "Tiny portions for a shameless price", "The fish was dry and tasteless", "They promised a meal without nuts and brought one with them"]},
    "headphones": {"good": ["The sound is clear and warm", "The battery lasts a whole week", "They sit so light that I forget them", "Pairing took two seconds", "Even in the train I hear nothing but music", "The case feels solid", "Calls are easy to understand", "The app is simple and quick"],
                   "bad": ["The sound is tinny and thin", "The battery is empty by noon", "They press on my ears after ten minutes", "Pairing fails every other day", "In the train I hear everything but the music", "The case broke in the first week", "Nobody understands me on calls", "The app crashes all the time"]},
    "hotel": {"good": ["The room was spotless and quiet", "The bed was a dream", "Breakfast had everything one could want", "The people at the desk went out of their way", "Five minutes on foot to the old town", "Hot water at any hour", "They kept our bags without a word", "The view of the lake made our week"],
              "bad": ["The room was dirty and loud", "The bed sagged in the middle", "Breakfast was one sad roll", "The people at the desk could not be bothered", "Half an hour by bus to the old town", "No hot water in the morning", "They lost one of our bags", "The view was a wall"]},
    "novel": {"good": ["I could not put it down", "The ending surprised me and made sense", "Every person in it feels alive", "The language sings", "I laughed aloud on the bus", "A quiet book that stays with you", "The middle part is the best I read this year", "I gave it to three friends"],
              "bad": ["I gave up after fifty pages", "The ending makes no sense", "The people in it are made of cardboard", "The language limps", "Not one line made me smile", "A long book that says little", "The middle part drags without mercy", "I left it on a bench"]},
}
closings = {"good": ["I would come back any time.", "Highly recommended.", "A real pleasure.", "Money well spent.", "I am very happy with it.", "Not bad at all, on the contrary.", "Five stars from me.", ""],
            "bad": ["Never again.", "I cannot recommend it.", "A real disappointment.", "Money thrown away.", "I want my money back.", "Not good at all.", "One star is too many.", ""]}
mixed = [("good", "though the price is high"), ("good", "even if it is a bit far"), ("bad", "though the price is low"), ("bad", "even if the idea is nice"), ("good", "and I had expected little"), ("bad", "and I had expected a lot")]

rng = random.Random(5)
rows, seen = [], set()
while len(rows) < 320:
    thing, mood = rng.choice(list(things)), rng.choice(["good", "bad"])
    parts = rng.sample(things[thing][mood], rng.choice([1, 2, 2]))
    if rng.random() < 0.25:
        parts[-1] += ", " + rng.choice([words for m, words in mixed if m == mood])
    # One in eight also says something of the other kind, as people do.
    if rng.random() < 0.125:
        parts.append("Still: " + rng.choice(things[thing]["bad" if mood == "good" else "good"]).lower())
    text = " ".join([part + "." for part in parts] + [rng.choice(closings[mood])]).strip()
    if text not in seen:
        seen.add(text)
        rows.append([len(rows) + 1, thing, text, mood])
with Path(__file__).with_name("reviews.csv").open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "about", "text", "mood"])
    writer.writerows(rows)
