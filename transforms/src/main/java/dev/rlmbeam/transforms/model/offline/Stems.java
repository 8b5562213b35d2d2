package dev.rlmbeam.transforms.model.offline;

import java.util.HashMap;
import java.util.Map;

/**
 * Brings the forms of an English word together, roughly: endings cut off, common verbs by table.
 */
final class Stems {
  private static final Map<String, String> IRREGULAR = new HashMap<>();

  static {
    // Each line: base form, then what it becomes.
    for (String line :
        ("arise arose arisen;bear bore borne born;beat beaten;become became;begin began begun;"
                + "bind bound;bite bit bitten;blow blew blown;break broke broken;breed bred;"
                + "bring brought;build built;burn burnt;buy bought;catch caught;"
                + "choose chose chosen choice;cling clung;come came;creep crept;"
                + "deal dealt;die dying dead death;dig dug;draw drew drawn;drink drank drunk;"
                + "drive drove driven;eat ate eaten;fall fell fallen;feed fed;feel felt;"
                + "fight fought;find found;flee fled;fly flew flown flight;forbid forbade forbidden;"
                + "forget forgot forgotten;freeze froze frozen;give gave given;go went gone;"
                + "grow grew grown growth;hang hung;hear heard;hide hid hidden;hold held;keep kept;"
                + "know knew known;lay laid;lead led;leave left;lend lent;lie lay lain;"
                + "lose lost loss;make made;man men;mean meant;meet met;pay paid;"
                + "person people;ride rode ridden;ring rang rung;rise rose risen;run ran;"
                + "say said;see saw seen;seek sought;sell sold;send sent;shake shook shaken;"
                + "shine shone;shoot shot;show shown;shrink shrank shrunk;sing sang sung song;"
                + "sink sank sunk;sit sat;sleep slept;slide slid;speak spoke spoken;speed sped;"
                + "spend spent;spin spun;spread spread;stand stood;steal stole stolen;stick stuck;"
                + "strike struck stricken;swear swore sworn;sweep swept;swim swam swum;"
                + "take took taken;teach taught;tear tore torn;tell told;think thought;"
                + "throw threw thrown;understand understood;use used using user;wear wore worn;weave wove woven;"
                + "weep wept;win won;wind wound;woman women;write wrote written;child children;"
                + "foot feet;mouse mice;tooth teeth;choose chosen;buy purchase;be was")
            .split(";", -1)) {
      String[] forms = line.split(" ", -1);
      for (int i = 1; i < forms.length; i++) {
        IRREGULAR.putIfAbsent(forms[i], forms[0]);
      }
    }
  }

  private Stems() {}

  /** The stem of a word in lower case. */
  static String of(String word) {
    String base = IRREGULAR.getOrDefault(word, word);
    if (base.length() <= 3 || Character.isDigit(base.charAt(0))) {
      return base;
    }
    return tidy(withoutSuffix(withoutPlural(base)));
  }

  /** True for stems of which one goes on a little after the other's end. */
  static boolean near(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    return shorter >= 5
        && Math.abs(a.length() - b.length()) <= 3
        && a.regionMatches(0, b, 0, shorter);
  }

  private static String withoutPlural(String word) {
    if (word.endsWith("ies") && word.length() > 4) {
      return cut(word, 3) + "y";
    }
    if (word.endsWith("sses")
        || word.endsWith("xes")
        || word.endsWith("ches")
        || word.endsWith("shes")) {
      return cut(word, 2);
    }
    if (word.endsWith("s")
        && !word.endsWith("ss")
        && !word.endsWith("us")
        && !word.endsWith("is")) {
      return cut(word, 1);
    }
    return word;
  }

  private static String withoutSuffix(String word) {
    for (String suffix : new String[] {"ing", "ed", "ion", "ment", "ly", "er", "or", "ness"}) {
      int left = word.length() - suffix.length();
      if (left >= 3 && word.endsWith(suffix) && hasVowel(word, left)) {
        return undoubled(cut(word, suffix.length()));
      }
    }
    return word;
  }

  private static String tidy(String word) {
    if (word.length() > 3 && word.endsWith("e")) {
      return cut(word, 1);
    }
    return word.length() > 3 && word.endsWith("y") ? cut(word, 1) + "i" : word;
  }

  private static boolean hasVowel(String word, int length) {
    for (int i = 0; i < length; i++) {
      if ("aeiouy".indexOf(word.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static String undoubled(String word) {
    int n = word.length();
    boolean doubled = n > 3 && word.charAt(n - 1) == word.charAt(n - 2);
    return doubled && "lsz".indexOf(word.charAt(n - 1)) < 0 ? cut(word, 1) : word;
  }

  private static String cut(String word, int count) {
    return word.substring(0, word.length() - count);
  }
}
