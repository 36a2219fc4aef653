"""How many threads stand in each view, kept as sums of what changed."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantModel


class ViewCount(TenantModel):
    """One change of what stands in a view; the sum of all rows of a view is how many stand there.

    Only triggers of the tables of threads and reads write rows, and ``operations.view_counts`` puts sums in
    their place: rows are added and taken away, never changed, so nobody waits for anybody.

    view: "open", "snoozed", "closed"; of the open ones "unassigned", "assignee", "team", "waiting"; of the
    unclosed ones "mention", "watch". subject: the member or team it is about. reader: NULL for what holds for
    all, else the member for whom this many less are unread; such rows count no threads.
    threads: how many more stand there; unread: how many more of them are unread by a member who read nothing.
    """

    view = models.CharField(max_length=10)
    subject = models.UUIDField(null=True)
    reader = models.UUIDField(null=True)
    threads = models.IntegerField()
    unread = models.IntegerField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "reader"], name="viewcount_of_reader")]
