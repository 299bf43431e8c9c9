"""Logs that cost nothing until something reads them, and the running totals of an epoch."""


class Tally:
    """Losses and sizes of the batches so far, left native until a number is wanted.

    names: of the values of a batch, the loss first. to_float: a function that makes
    a number of a native loss. results: a function that reads the other values, which
    stateful metrics keep, as they are now.
    """

    LIMIT = 1024

    def __init__(self, names, to_float, results):
        self.names = names
        self.to_float = to_float
        self._results = results
        self._waiting = []
        self._total = 0.0
        self._seen = 0
        self._closed = None

    def add(self, size, loss):
        """A batch of `size` samples with this native loss is done."""
        self._waiting.append((size, loss))
        if len(self._waiting) >= self.LIMIT:
            self._drain()

    def _drain(self):
        for size, loss in self._waiting:
            self._total += self.to_float(loss) * size
            self._seen += size
        self._waiting.clear()

    def means(self):
        """name -> mean so far; the loss is weighted by the sizes of the batches."""
        return self._closed or dict(zip(self.names, self.values()))

    def values(self):
        """The means in the order of the names, of which two may be the same."""
        self._drain()
        loss = self._total / self._seen if self._seen else float("nan")
        return [loss] + self._results()

    def newest(self, loss):
        """name -> value after a batch: its own loss, and the metrics so far."""
        return dict(zip(self.names, [self.to_float(loss)] + self._results()))

    def close(self):
        """Fixes the means, before the metrics' state is used for something else."""
        self._closed = self.means()
        return self._closed


class BatchLogs(dict):
    """The logs of a batch: `batch` and `size`, and values that are read when asked for.

    What is still unread when the next batch starts is not read any more, unless a
    callback has kept the logs.
    """

    def __init__(self, batch, size, tally, loss):
        super().__init__(batch=batch, size=size)
        self.tally = tally
        self._loss = loss

    def fill(self):
        """Reads all values."""
        loss, self._loss = self._loss, None
        if loss is not None:
            for name, value in self.tally.newest(loss).items():
                dict.setdefault(self, name, value)

    def _fill_for(self, key):
        """Reads what is needed for one key: the loss alone is cheaper than the metrics."""
        if self._loss is None or dict.__contains__(self, key):
            return
        if key == self.tally.names[0]:
            dict.__setitem__(self, key, self.tally.to_float(self._loss))
        else:
            self.fill()

    def __getitem__(self, key):
        self._fill_for(key)
        return dict.__getitem__(self, key)

    def get(self, key, default=None):
        """The value of a key, or `default`."""
        self._fill_for(key)
        return dict.get(self, key, default)

    def __reduce__(self):
        self.fill()
        return dict, (dict(self),)


def _filled(name):
    method = getattr(dict, name)

    def call(self, *args, **kwargs):
        self.fill()
        return method(self, *args, **kwargs)
    call.__name__ = name
    call.__doc__ = f"dict.{name}, after the values were read."
    return call


for _name in ("__iter__", "__len__", "__contains__", "__eq__", "__ne__", "__repr__", "__or__",
              "keys", "values", "items", "copy", "pop", "popitem", "setdefault",
              "update"):
    setattr(BatchLogs, _name, _filled(_name))
