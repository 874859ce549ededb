package training

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Tester tests something that learns: it reads every example. Testing the same weights
// always has the same result, whatever the number of workers.
type Tester struct {
	shape   Shape
	readers []Reader // one for each worker
}

// NewTester returns a tester of l with the given number of workers. The weights of l may
// change between tests.
func NewTester(l Readable, workers int) (*Tester, error) {
	if workers < 1 {
		return nil, fmt.Errorf("training: %d workers, want at least 1", workers)
	}
	t := &Tester{shape: l.Shape()}
	for range workers {
		r, err := l.Reader()
		if err != nil {
			return nil, err
		}
		t.readers = append(t.readers, r)
	}
	return t, nil
}

// Result is the result of a test.
type Result struct {
	Examples  int
	Errors    int
	Predicted []int // predicted class of each example
}

// Error returns the error: the share of examples with a wrong predicted class.
func (r Result) Error() float64 { return float64(r.Errors) / float64(r.Examples) }

// Test tests all examples. Progress, if not nil, is called with the number of
// examples done, from one goroutine at a time. If the context ends, or an example
// cannot be shown, Test stops and returns no result and the error of the first example
// that failed.
func (t *Tester) Test(ctx context.Context, data Examples, progress func(done int)) (Result, error) {
	if err := suits(data, "test", t.shape); err != nil {
		return Result{}, err
	}
	n := data.Len()
	result := Result{Examples: n, Predicted: make([]int, n)}
	var (
		next, wrong atomic.Int64
		mu          sync.Mutex
		done        int
		failed      int // the first example that failed, if failure is not nil
		failure     error
		wait        sync.WaitGroup
	)
	for _, r := range t.readers {
		wait.Go(func() {
			var e Example
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				err := ctx.Err()
				if err == nil {
					result.Predicted[i], err = t.read(r, &e, data, i)
					if result.Predicted[i] != e.Class {
						wrong.Add(1)
					}
				}
				mu.Lock()
				if err != nil {
					// Workers take examples in order, so all examples before this one
					// are still tested, and the first error does not depend on the
					// number of workers.
					if failure == nil || i < failed {
						failed, failure = i, err
					}
					next.Store(int64(n))
				} else if done++; progress != nil {
					progress(done)
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if failure != nil {
		return Result{}, failure
	}
	result.Errors = int(wrong.Load())
	return result, nil
}

// read reads an example into e and returns the class that r predicts.
func (t *Tester) read(r Reader, e *Example, data Examples, i int) (predicted int, err error) {
	e.read(data, i)
	if e.Class < 0 || e.Class >= t.shape.Classes {
		return 0, fmt.Errorf("training: test example %d: class is %d, want 0 to %d", i, e.Class, t.shape.Classes-1)
	}
	if predicted, err = r.Read(*e); err != nil {
		return 0, fmt.Errorf("training: test example %d: %w", i, err)
	}
	return predicted, nil
}
