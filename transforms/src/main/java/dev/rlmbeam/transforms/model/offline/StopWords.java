package dev.rlmbeam.transforms.model.offline;

import java.util.HashSet;
import java.util.Set;

/** English words that say little about what a sentence is about. */
final class StopWords {
  // Grammar only: they never count.
  private static final Set<String> STOP =
      Set.of(
          ("a about after again all also although am an and any are as at be because been before"
                  + " being between both but by can cannot could did do does doing done during each"
                  + " either else ever every few for from further had has have having he her here"
                  + " hers herself him himself his how however i if in into is it its itself just"
                  + " let may me might more most much must my myself neither no nor not of off on"
                  + " once one only or other others our ours out over own per same shall she should"
                  + " since so some such than that the their theirs them themselves then there"
                  + " therefore these they this those though through thus to too under until up"
                  + " upon us very was we were what whatever when where whether which while who"
                  + " whom whose why will with within without would yet you your yours yourself s t"
                  + " don doesn didn isn aren wasn weren won can't ll ve re d m")
              .split(" ", -1));

  // They shape a question rather than its subject: a match of these alone is no match.
  private static final Set<String> WEAK =
      Set.of(
          ("accord actual answer ask call come context describ document exact explain file find"
                  + " get giv give go happen hav have hold kind know list long made make man mani many mean"
                  + " mention name number own passag pleas provid quot refer said say sentenc state"
                  + " sort take tell text thing time type use want way word year")
              .split(" ", -1));

  // Frequent in any English text, so that even a text that has few of them proves little by one.
  private static final Set<String> COMMON =
      stems(
          "able above accept across act add allow almost along already always another appear apply"
              + " area around arrive away back bad base basic become begin believe below best better"
              + " big bring build carry case cause certain change clear close common complete"
              + " condition consider contain continue control correct create current cut decide deep"
              + " define depend design determine develop different difficult direct discover due"
              + " early easy effect end enough enter entire especially even event exist expect extra"
              + " fact fall far fast feel few fill final fine first follow form free full general"
              + " good great group grow half hand happen hard help high hope idea important improve"
              + " include increase instead introduce involve issue item keep last late later lead"
              + " learn leave left less let level light like line little live load local look lose"
              + " lot low main major matter meet method miss modern move near necessary need never"
              + " new next normal note nothing number object offer often old open operate order part"
              + " pass perform perhaps piece place plan play point possible present prevent print"
              + " problem process produce provide public put quick reach real really reason receive"
              + " recent recommend reduce refer regard remain remember remove report require result"
              + " return right run see seem sense separate serve set several show side similar"
              + " simple single small something soon special specific stand start state stay step"
              + " still stop strong support sure system term test think third today together total"
              + " toward true try turn under understand unit usual value various view visit wait"
              + " want watch well whole work world write wrong");

  private StopWords() {}

  private static Set<String> stems(String words) {
    Set<String> stems = new HashSet<>();
    for (String word : words.split(" ", -1)) {
      stems.add(Stems.of(word));
    }
    return stems;
  }

  /** How much a word can say at best, between 0 and 1, by its stem. */
  static double weight(String stem) {
    return WEAK.contains(stem) ? 0.2 : COMMON.contains(stem) ? 0.6 : 1;
  }

  static boolean isStop(String lowerCaseWord) {
    return STOP.contains(lowerCaseWord);
  }
}
