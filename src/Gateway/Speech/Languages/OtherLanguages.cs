namespace Gateway.Speech.Languages;

/// <summary>
/// Languages without phrases, which the detector has to know all the same: their small words look like those of a neighbour that has
/// phrases, and a Dane on the phone must not be told in Dutch to wait.
/// </summary>
internal static class OtherLanguages
{
    public static readonly LanguageMarks[] Marks =
    [
        new("sv", "åäöé", """
            alla allt att av bara bra bättre de dem den denna det detta dig din ditt du där efter eftermiddag eller elva en ett fem fredag
            från fyra får för före går ha hade halv han har hej hjälpa hon hur här i idag igen inte ja jag kan kl klockan kommer kunna kvart
            kväll lite lördag man med men mer mig min morgon mycket måndag måste nej ni nio nu när nästa någon något och också onsdag oss på
            se sex sju ska som söndag tack tid till tio tisdag tolv torsdag tre två tycker under ut vad var vara vecka vi vid vilken vill
            vår är åtta över
            """),
        new("da", "æøåé", """
            af aften alle alt at bare bedre blive da de dem den denne der deres det dette dig din du efter eftermiddag eller elleve en er et
            fem fire for fra fredag får før gerne god godt halv ham han har havde hej her hjælpe hun hvad hvilken hvis hvor hvordan hvornår
            i igen ikke ja jeg kan klokken kommer kunne kvart lidt lige lørdag mandag mange med meget mellem men mig min mit morgen morgenen
            må ned nej ni nogen noget nu når næste og også om onsdag op os otte over på se seks sig skal skulle som syv søndag tak ti tid
            til tirsdag to tolv torsdag tre ud uge under var ved vi vil vores være
            """),
        new("no", "æøåéò", """
            alle av bare bedre ble bli da de deg den denne der dere det dette din du eller elleve en enn er et etter ettermiddag fem fire
            for fra fredag får før går ha halv han har hei her hjelpe hun hva hvilken hvis hvor hvordan i igjen ikke ja jeg kan klokken
            kommer kunne kvart kveld litt lørdag mandag med meg meget mellom men mer min morgen mye må nei neste ni noe noen nå når og også
            om onsdag opp oss over på se seg seks sju skal som så søndag takk ti tid til tirsdag to tolv torsdag tre uke under ut var ved vi
            vil vår være åtte
            """),
        new("fi", "äöå", """
            ei en ette että haluat hetki hyvä hyvää hän ja joka jos jotain kanssa kello kiitos kuin kun me mikä minun minä missä miten mitä
            mutta myös ne niin nyt ole olen olet oli olisi olla on ovat se sen sinä sitä tai te teidän tämä tänään vai vain vielä voi voin
            voinko voisi voit voitko
            """),
        new("cs", "áčďéěíňóřšťúůýž", """
            a ale ano bude by bych byl být co den deset devět dnes do dobrý dva dvanáct děkuji hodin i jak jako jaký je jedenáct jen ještě
            jsem jsme jste já k kde kdy když která který mohu máte můj můžete na ne nebo neděli není než o od odpoledne osm po pokud pomoci
            pondělí pro prosím proč pátek pět při půl ráno s se sedm si sobotu středu tak také termín to tohle týden tři už v večer vám vás
            včera vše z za zda ze zítra úterý čtvrtek čtyři šest že
            """),
        new("sk", "áäčďéíĺľňóôŕšťúýž", """
            a aj ako ale alebo bol bude budem by desať deväť deň dnes do dobrý dva dvanásť ešte hodín je jedenásť kde kedy keď ktorá ktorý
            len mám máte môj môžem môžete na nedeľu nie o od osem piatok po pol pomôcť pondelok popoludní pre prečo pri prosím päť ráno s sa
            sedem si sme sobotu som ste stredu tak tiež to tri týždeň utorok už v večer vám vás včera z za zajtra áno čo ďakujem šesť
            štvrtok štyri že
            """),
        new("hr", "čćđšž", """
            a ako ali bi bih bila bilo biti da dan danas deset devet do dobar dva dvanaest gdje hoću hvala i ili ima imate ja je jedanaest
            jesam jeste još jučer kada kako koja koje koji li mi mogu molim može možete na nam ne nedjelju nego nije nisam o od on ona osam
            pet petak po pomoći ponedjeljak poslijepodne sa samo se sedam smo srijedu ste su subotu sutra ta taj te tjedan to tri u ujutro
            utorak vam vas vaš večer za će ćemo četiri četvrtak šest šta što želite
            """),
        new("ro", "ăâîșțşţ", """
            a aceasta această acest ai al ale am asta au avea avem aveți aș bine bună ca care ce cea cinci cu cum când dacă dar de dimineața
            din doriți două duminică dumneavoastră după e ea el este eu fi fost ieri joi jumătate la le lui luni mai marți mea meu miercuri
            mult mulțumesc ne ni nouă nu o opt ora patru pe pentru poate pot putea puteți sau se seara sfert spune sunt sâmbătă să săptămâna
            te toate tot trei un unde unsprezece va vineri voi vom vă zece zi ziua îmi în înainte între șapte șase și
            """),
        new("tr", "çğıöşüâ", """
            ama bana ben beni benim bir biraz biz bize bu bugün buyurun da daha de değil diye edebilir ederim en evet gibi gün hangi hayır
            hem ile ister istiyor için ki mi misiniz mu musunuz mı nasıl ne nerede o olan olarak oldu olur randevu saat siz size sizi sizin
            tamam teşekkür var ve veya ya yardımcı yarın yok çok şey şimdi şu
            """),
        new("hu", "áéíóöőúüű", """
            a az be de egy el ez ezt fel ha hogy hogyan holnap igen itt jó kell ki köszönöm lehet ma majd meg mert mi milyen mit most már
            még nagyon napot nem segíthetek szeretne szívesen tud tudok vagy vagyok van vannak volt én és órakor ön önnek örülök
            """),
        new("id", "", """
            ada adalah akan anda apa apakah atau bagaimana bagi baik bapak besok bisa boleh dalam dan dapat dari dengan di encik hari harus
            ibu ini itu jam jika juga kalau kami kapan kasih ke kepada lagi lain mau membantu mohon nak pada perlu saat saja sampai satu
            saya sebentar selamat sudah terima tidak tolong untuk ya yang
            """),
        new("fil", "ñ", """
            ako ang araw at ay ba bukas hindi ho ikaw ilang ito iyan iyon ka kailan kami kayo ko kung lang mag may mayroon mga mo mula na
            namin nang natin ng ngayon ninyo ninyong niya nyo oo opo oras pa paano para po pong puwede sa saan salamat sila sino siya tayo
            tulong wala yung
            """),
        new("vi", "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", """
            anh bạn cho chúng chị các có cảm cần của giúp giờ gì hôm không là làm muốn một ngày người nhé những nào này quý rồi sẽ thì thể
            trong tôi tại và vào vâng về với xin được ơn ạ
            """),
        new("ca", "àçèéíïòóúü", """
            a ahir això ajudar al algun amb aquest aquesta bon bona bé cinc cita com d de del dels demà després deu dia dijous dilluns
            dimarts dimecres dir dissabte diumenge divendres dos dotze e el els em en estic està ha he hi hora i jo l la les li m matí meva
            mitja molt moment més nit no nom nou número o on onze per perquè però pot puc quan quart quatre que quin quina res s sense ser
            set setmana seu seva si sis sí són també tarda tinc tot té un una va vol vostè vuit és
            """),
        new("gl", "áéíñóúü", """
            a ao aos as axuda axudar ben bo bos cal cando catro cinco co coa como cos da das de despois dez do doce domingo dos día dúas e
            el ela en era estou está eu fai foi grazas hai hora hoxe iso isto lle luns mañá me media moito máis mércores na nas no noite non
            nos nosa nove o oito once onde onte ou outra outro para pero pode podo polo por que quen quere se seis semana sen ser sete seu
            si son sábado tamén ten teño todo un unha vai venres vostede xa xoves
            """),
        new("af", "êëéèôîïáóúûý", """
            aan aand agt as asseblief baie by daar dat die dinsdag dit doen donderdag drie een eerste ek elf en gaan gister goeie half het
            hier hoe hulle iets in is ja jou jy kan kom kwart laaste laat maandag maar met my môre n na nee nege nie nog nou of oggend om
            ons ook op sal saterdag se ses sewe sondag sy te tien toe tussen twaalf twee u uur van vandag vier vir volgende vra vrydag vyf
            wanneer was wat week weer wees weet woensdag word
            """),
        new("mr", "", """
            आणि आपण आपला आपली आपल्या आम्ही आहात आहे आहेत उद्या एक एका करा करू का काय कृपया कोणत्या झाला झाली झाले तर तुमचा तुमची तुमचे
            तुम्हाला तुम्ही ते तो नंतर नाव नाही पण पाहिजे मध्ये मला माझे मी या येथे वाजता शकता शकते शकतो सांगा साठी हा ही हे होता होती होते
            """),
        new("ne", "", """
            अनि आज एउटा एक कति कसरी कहाँ कुन के को गर्न गर्नु गर्नुहोस् छ छन् छैन छौं त तपाईँ तपाईं तपाईंको थियो दिनुहोस् धन्यवाद नमस्कार
            नाम पछि पनि बजे भएको भने भन्नुहोस् भोलि म मलाई मा मेरो यो र लाई लागि सक्छु सक्नुहुन्छ समय हजुर हामी हुन्छ हो होइन
            """),
    ];
}
