// Shows points to Amazon's random cut forest, as its own examples run it: a line of values in, 1 or 0 out.
import com.amazon.randomcutforest.config.TransformMethod;
import com.amazon.randomcutforest.parkservices.ThresholdedRandomCutForest;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;

public class RandomCutForest {
  static final int shingle = 8;

  public static void main(String[] arguments) throws Exception {
    StringBuilder flags = new StringBuilder();
    ThresholdedRandomCutForest forest = null;
    long spent = 0;
    long time = 0;
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        double[] values = Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
        if (forest == null) {
          forest = ThresholdedRandomCutForest.builder().dimensions(values.length * shingle).shingleSize(shingle)
                       .randomSeed(1).anomalyRate(0.01).transformMethod(TransformMethod.NORMALIZE).build();
        }
        long begun = System.nanoTime();
        flags.append(forest.process(values, time += 60).getAnomalyGrade() > 0 ? "1\n" : "0\n");
        spent += System.nanoTime() - begun;
      }
    }
    System.out.print(flags.append(spent).append('\n'));
  }
}
