"""One ticket and one rating prompt in each of the five languages, as the hall would print them."""

from printing.slips import Labelled, RatingSlip, TestSlip, TicketSlip

URL = "https://asan-1.navbat.example/t/Zk3vT9qLw2Xc7RbN"

_TICKETS = {
    "az": {
        "centre": "1 saylı ASAN xidmət mərkəzi",
        "heading": "Növbə nömrəniz",
        "service": "Doğum haqqında şəhadətnamənin verilməsi",
        "agency": "Ədliyyə Nazirliyi",
        "where": Labelled("Harada gözləməli", "A zonası · girişdən solda"),
        "issued": Labelled("Verilib", "24.11.2026, 10:24"),
        "due": Labelled("Növbə vaxtı", "10:39"),
        "ahead": Labelled("Sizdən qabaq", "7 nəfər"),
        "wait": Labelled("Təxmini çağırış", "10:40–10:55"),
        "wait_by": Labelled("10 nəfərdən 9-u", "11:00-dək"),
        "bring_title": "Hazır saxlayın",
        "bring": ("Şəxsiyyət vəsiqəsi", "Doğum haqqında tibbi arayış"),
        "missed": (
            "Çağırışı eşitməsəniz, nömrə təkrarlanır. 30 dəqiqəyə qayıtsanız, "
            "yeni vaxtınız 10 dəqiqə sonradır."
        ),
        "qr_title": "Növbənizi telefonda izləyin",
        "qr_caption": "Və ya saytda kodu yazın:",
        "footer": "Bu talonda şəxsi məlumat yoxdur.",
        "rating": ("Xidmət necə idi?", "Rəyiniz xidmət göstərən əməkdaşa görünmür."),
    },
    "uz": {
        "centre": "1-son ASAN xizmat markazi",
        "heading": "Navbat raqamingiz",
        "service": "Tugʻilganlik toʻgʻrisida guvohnoma berish",
        "agency": "Adliya vazirligi",
        "where": Labelled("Qayerda kutiladi", "A zonasi · kirishdan chapda"),
        "issued": Labelled("Berilgan", "24.11.2026, 10:24"),
        "due": Labelled("Navbat vaqti", "10:39"),
        "ahead": Labelled("Sizdan oldin", "7 kishi"),
        "wait": Labelled("Taxminiy chaqiruv", "10:40–10:55"),
        "wait_by": Labelled("10 kishidan 9 tasi", "11:00 gacha"),
        "bring_title": "Tayyorlab qoʻying",
        "bring": ("Shaxsni tasdiqlovchi hujjat", "Tugʻilganlik haqida tibbiy maʼlumotnoma"),
        "missed": "Chaqiruvni eshitmasangiz, raqam bir marta takrorlanadi.",
        "qr_title": "Navbatni telefonda kuzating",
        "qr_caption": "Yoki saytda kodni kiriting:",
        "footer": "Bu chiptada shaxsiy maʼlumot yoʻq.",
        "rating": ("Xizmat qanday boʻldi?", "Bahoyingiz xodimga koʻrinmaydi."),
    },
    "ru": {
        "centre": "Центр обслуживания ASAN № 1",
        "heading": "Ваш номер в очереди",
        "service": "Выдача свидетельства о рождении",
        "agency": "Министерство юстиции",
        "where": Labelled("Где ожидать", "Зона A · слева от входа"),
        "issued": Labelled("Выдан", "24.11.2026, 10:24"),
        "due": Labelled("Срок по правилам", "10:39"),
        "ahead": Labelled("Перед вами", "7 человек"),
        "wait": Labelled("Примерно вызовут", "10:40–10:55"),
        "wait_by": Labelled("9 из 10 вызывают", "до 11:00"),
        "bring_title": "Приготовьте",
        "bring": ("Удостоверение личности", "Медицинскую справку о рождении"),
        "missed": (
            "Не услышали вызов — номер повторят. Вернётесь за 30 минут — "
            "встанете в очередь на 10 минут позже."
        ),
        "qr_title": "Следите за очередью в телефоне",
        "qr_caption": "Или введите код на сайте:",
        "footer": "На талоне нет личных данных.",
        "rating": ("Как вас обслужили?", "Сотрудник не увидит вашу оценку."),
    },
    "en": {
        "centre": "ASAN service centre No. 1",
        "heading": "Your number",
        "service": "Issue of a birth certificate",
        "agency": "Ministry of Justice",
        "where": Labelled("Where to wait", "Zone A · left of the entrance"),
        "issued": Labelled("Issued", "24 Nov 2026, 10:24"),
        "due": Labelled("Due", "10:39"),
        "ahead": Labelled("Ahead of you", "7 people"),
        "wait": Labelled("Called about", "10:40–10:55"),
        "wait_by": Labelled("9 in 10 by", "11:00"),
        "bring_title": "Have ready",
        "bring": ("Identity card", "Medical certificate of birth"),
        "missed": "If you miss the call, the number is repeated once.",
        "qr_title": "Follow your turn on your phone",
        "qr_caption": "Point the camera here, or type the code on our site:",
        "footer": "No personal data on this ticket.",
        "rating": ("How was the service?", "The official does not see your rating."),
    },
    "tr": {
        "centre": "1 No’lu ASAN hizmet merkezi",
        "heading": "Sıra numaranız",
        "service": "Doğum belgesi düzenlenmesi",
        "agency": "Adalet Bakanlığı",
        "where": Labelled("Nerede beklenir", "A bölgesi · girişin solunda"),
        "issued": Labelled("Verildi", "24.11.2026, 10:24"),
        "due": Labelled("Sıra zamanı", "10:39"),
        "ahead": Labelled("Sizden önce", "7 kişi"),
        "wait": Labelled("Tahmini çağrı", "10:40–10:55"),
        "wait_by": Labelled("10 kişiden 9’u", "11:00’e kadar"),
        "bring_title": "Hazır bulundurun",
        "bring": ("Kimlik kartı", "Doğuma ilişkin sağlık raporu"),
        "missed": "Çağrıyı duymazsanız numara bir kez tekrarlanır.",
        "qr_title": "Sıranızı telefondan izleyin",
        "qr_caption": "Kamerayı tutun veya sitede kodu yazın:",
        "footer": "Bu fişte kişisel bilgi yoktur.",
        "rating": ("Hizmet nasıldı?", "Görevli puanınızı görmez."),
    },
}

LANGUAGES = tuple(_TICKETS)


def ticket(language="az", **changes):
    """Build the sample ticket in a language; keywords override."""
    words = {key: value for key, value in _TICKETS[language].items() if key != "rating"}
    return TicketSlip(
        **{"language": language, "number": "A012", "qr_url": URL, "code": "K7M3XQ", **words, **changes}
    )


def rating(language="az", **changes):
    """Build the sample rating prompt in a language."""
    words = _TICKETS[language]
    title, privacy = words["rating"]
    fields = {
        "language": language,
        "centre": words["centre"],
        "title": title,
        "number": "A012",
        "service": words["service"],
        "agency": words["agency"],
        "served": words["issued"],
        "question": title,
        "qr_url": URL.replace("/t/", "/r/"),
        "qr_title": words["qr_title"],
        "code": "P4NW8T",
        "privacy": privacy,
    }
    return RatingSlip(**{**fields, **changes})


def page(language="az"):
    """Build a test page with letters of every script in use."""
    samples = ("Əə Ğğ Iı İi Öö Şş Üü Çç", "Oʻzbekiston gʻisht maʼno", "Ўў Ққ Ғғ Ҳҳ Ёё Ъъ", "ქართული ₽ № – “”")
    return TestSlip(
        language=language,
        centre=_TICKETS[language]["centre"],
        title="TEST",
        facts=(Labelled("Printer", "kiosk-1"), Labelled("URI", "tcp://192.0.2.10:9100")),
        samples=samples,
        qr_url="https://navbat.example",
        qr_title="QR",
    )
